#!/usr/bin/env bash
# images.sh BUILD_DIR: makes stand-ins for the images that the conformance tests of v1.36 name, in this machine's Docker engine, without a
# registry. agnhost is the real program on a Debian base; the web servers are busybox. Needs root. Images that are there are kept.
set -eu
build=$(realpath "${1:?usage: images.sh BUILD_DIR}")
registry=registry.k8s.io/e2e-test-images
pause=registry.k8s.io/pause:3.10.2 # made last: its presence says that all others are there
docker image inspect "$pause" >/dev/null 2>&1 && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! command -v debootstrap >/dev/null || [ ! -x /bin/busybox ] || [ ! -x /bin/bash-static ]; then
  apt-get update -qq
  apt-get install -y -qq debootstrap busybox-static bash-static
fi >/dev/null

debian() {
  local root=$work/debian mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' | awk '$2=="bookworm"{print $1; exit}')
  debootstrap --variant=minbase --include=bind9-dnsutils,curl,netcat-openbsd,iproute2,iputils-ping,procps bookworm "$root" "$mirror" > "$build/debootstrap.log" 2>&1
  rm -rf "$root"/var/cache/apt "$root"/var/lib/apt/lists/* "$root"/usr/share/doc "$root"/etc/apt/sources.list
  cp "$build/bin/agnhost" "$root/agnhost"
  ln -s /agnhost "$root/usr/bin/agnhost"
  ln -s /agnhost "$root/agnhost-2"
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost -keyout "$root/localhost.key" -out "$root/localhost.crt" 2>/dev/null
}

busybox() {
  local root=$work/busybox applet
  mkdir -p "$root"/{bin,etc,tmp,home,usr/local/apache2/htdocs}
  chmod 1777 "$root/tmp"
  cp /bin/busybox "$root/bin/"
  for applet in $(/bin/busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
  # Debian's busybox shell drops environment variables whose names are not a shell's, such as data-1.
  rm "$root/bin/sh"
  cp /bin/bash-static "$root/bin/sh"
  echo 'root:x:0:0:root:/:/bin/sh' > "$root/etc/passwd"
  echo '<html><body><h1>It works!</h1></body></html>' > "$root/usr/local/apache2/htdocs/index.html"
}

image() { # FOLDER NAME [docker import's options]
  local root=$1 name=$2
  shift 2
  tar -C "$work/$root" -c . | docker import "$@" - "$name" >/dev/null
}

debian
busybox
for version in 2.55 2.63.0; do
  image debian "$registry/agnhost:$version" -c 'ENTRYPOINT ["/agnhost"]' -c 'CMD ["pause"]' -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
done
for name in jessie-dnsutils:1.7 glibc-dns-testing:2.0.0; do
  image debian "$registry/$name" -c 'CMD ["sleep","86400"]' -c 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin'
done
image busybox "$registry/busybox:1.37.0-1" -c 'CMD ["sh"]' -c 'ENV PATH=/bin'
for name in httpd:2.4.38-4 httpd:2.4.39-4 nginx:1.14-4 nginx:1.15-4 nginx:1.27-0; do
  image busybox "$registry/$name" -c 'CMD ["httpd","-f","-p","80","-h","/usr/local/apache2/htdocs"]' -c 'EXPOSE 80' -c 'ENV PATH=/bin'
done
image busybox "$registry/nonroot:1.5" -c 'USER 1234' -c 'CMD ["id","-u"]' -c 'ENV PATH=/bin'
image busybox "$pause" -c 'ENTRYPOINT ["/bin/sh","-c","trap exit TERM; while :; do sleep 3600 & wait $!; done"]' -c 'ENV PATH=/bin'
