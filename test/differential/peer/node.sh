#!/usr/bin/env bash
# node.sh BUILD_DIR DATA_DIR [PORT]: a real one-node Kubernetes cluster (kube-apiserver, controller-manager, scheduler, kubelet, kube-proxy over containerd),
# as root, for comparing pod start times and behaviour. Needs those parts built, Debian's docker.io (containerd) and containernetworking-plugins.
# IMAGES=FILE.tar (docker save) is loaded first, SANDBOX_IMAGE names another one than the usual for sandboxes. Cluster DNS where coredns was built. End it with: node.sh down DATA_DIR.
set -eu; here=$(dirname "$(realpath "$0")")
if [ "$1" = down ]; then
  cd "$2"; ctr -a "$2/ctd.sock" -n k8s.io tasks ls -q 2>/dev/null | xargs -r -n1 ctr -a "$2/ctd.sock" -n k8s.io tasks kill -s 9 2>/dev/null || true
  kill -9 $(cat node.pids pids) 2>/dev/null || true; sleep 1; kill $(cat ctd.pid) 2>/dev/null || true; mount | awk -v d="$2/" 'index($3, d)==1 {print $3}' | sort -r | xargs -r umount -l; exit 0
fi
build=$(realpath "$1"); bin=$build/bin; dir=$(realpath -m "$2"); port=${3:-16443}; ip=10.199.77.1; mkdir -p "$dir/cni"; cd "$dir"
ip link show peer0 >/dev/null 2>&1 || { ip link add peer0 type bridge; ip addr add $ip/24 dev peer0; ip link set peer0 up; }
cat > containerd.toml <<T
version = 2
root = "$dir/ctd/root"
state = "$dir/ctd/state"
[grpc]
  address = "$dir/ctd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${SANDBOX_IMAGE:-registry.k8s.io/pause:3.10.2}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$dir/cni"
T
echo '{"cniVersion":"0.4.0","name":"peer","plugins":[{"type":"ptp","ipMasq":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"10.88.0.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}},{"type":"portmap","capabilities":{"portMappings":true}},{"type":"firewall"}]}' > cni/10.conflist
setsid containerd -c containerd.toml > containerd.log 2>&1 & echo $! > ctd.pid
for _ in $(seq 40); do ctr -a "$dir/ctd.sock" version >/dev/null 2>&1 && break; sleep 0.25; done
[ -z "${IMAGES:-}" ] || ctr -a "$dir/ctd.sock" -n k8s.io images import "$IMAGES" >/dev/null
cat > kubelet.yaml <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix://$dir/ctd.sock
failSwapOn: false
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
address: $ip
clusterDNS: ["10.0.0.10"]
clusterDomain: cluster.local
Y
BIND=$ip APISERVER_FLAGS="--kubelet-preferred-address-types=InternalIP" "$here/up.sh" "$build" "$dir" "$port"
: > node.pids
"$bin/kube-scheduler" --kubeconfig kubeconfig --leader-elect=false --bind-address 127.0.0.1 --secure-port $((port+4)) > scheduler.log 2>&1 & echo $! >> node.pids
"$bin/kube-proxy" --kubeconfig kubeconfig --hostname-override peer-node --cluster-cidr 10.88.0.0/16 --proxy-mode iptables --healthz-bind-address 127.0.0.1:$((port+5)) --metrics-bind-address 127.0.0.1:$((port+6)) > proxy.log 2>&1 & echo $! >> node.pids
"$bin/kubelet" --config kubelet.yaml --kubeconfig kubeconfig --root-dir "$dir/kubelet" --hostname-override peer-node --node-ip $ip > kubelet.log 2>&1 & echo $! >> node.pids
if [ -x "$bin/coredns" ]; then
  printf '.:53 {\n  bind %s\n  errors\n  kubernetes cluster.local in-addr.arpa ip6.arpa {\n    kubeconfig %s\n    pods insecure\n    fallthrough in-addr.arpa ip6.arpa\n  }\n}\n' "$ip" "$dir/kubeconfig" > Corefile
  "$bin/coredns" -conf Corefile > coredns.log 2>&1 & echo $! >> node.pids
  send() { curl -sk -o /dev/null -X POST -H 'Authorization: Bearer peer-admin-token' -H 'Content-Type: application/json' "https://$ip:$port$1" -d "$2"; }
  send /api/v1/namespaces/kube-system/services '{"apiVersion":"v1","kind":"Service","metadata":{"name":"kube-dns"},"spec":{"clusterIP":"10.0.0.10","ports":[{"name":"dns","port":53,"protocol":"UDP"},{"name":"dns-tcp","port":53,"protocol":"TCP"}]}}'
  send /apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices '{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"kube-dns","labels":{"kubernetes.io/service-name":"kube-dns"}},"addressType":"IPv4","ports":[{"name":"dns","port":53,"protocol":"UDP"},{"name":"dns-tcp","port":53,"protocol":"TCP"}],"endpoints":[{"addresses":["'$ip'"]}]}'
fi
for _ in $(seq 60); do curl -sk -H 'Authorization: Bearer peer-admin-token' "https://$ip:$port/api/v1/nodes/peer-node" | tr -d ' \n' | grep -q '"type":"Ready","status":"True"\|"status":"True","lastHeartbeatTime":"[^"]*","lastTransitionTime":"[^"]*","reason":"KubeletReady"' && { echo 'node ready'; exit 0; }; sleep 1; done
echo 'the node did not become ready:'; tail -3 kubelet.log; exit 1
