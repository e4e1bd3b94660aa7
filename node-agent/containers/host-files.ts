import type { ClusterDns } from '../network/pod-network.ts';
import type { Pod } from '../pod.ts';

const LOCAL_HOSTS = ['127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback', 'fe00::0\tip6-localnet', 'fe00::0\tip6-mcastprefix', 'fe00::1\tip6-allnodes', 'fe00::2\tip6-allrouters'];
const MAX_SEARCHES = 32;

/** A pod's /etc/hosts. `hostsFile` is the machine's own, for pods on its network. */
export function etcHosts(pod: Pod, { podIp, hostname, domain, hostsFile }: { podIp: string | undefined; hostname: string; domain: string | undefined; hostsFile: string }): string {
  const aliases = (pod.spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t'));
  const added = aliases.length === 0 ? '' : `\n# Entries added by HostAliases.\n${aliases.join('\n')}\n`;
  if (pod.spec.hostNetwork === true) return `# Kubernetes-managed hosts file (host network).\n${hostsFile}${added}`;
  const { subdomain } = pod.spec;
  const names = subdomain === undefined || subdomain === '' ? [hostname] : [`${hostname}.${subdomain}.${pod.metadata.namespace}.svc.${domain ?? 'cluster.local'}`, hostname];
  const own = podIp === undefined ? [] : [[podIp, ...names].join('\t')];
  return `# Kubernetes-managed hosts file.\n${[...LOCAL_HOSTS, ...own].join('\n')}\n${added}`;
}

/** A pod's resolv.conf by its dnsPolicy and dnsConfig. */
export function resolvConf(pod: Pod, { dns, hostFile }: { dns: ClusterDns | undefined; hostFile: string }): string {
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst';
  const clusterFirst = dns !== undefined && (policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && pod.spec.hostNetwork !== true));
  const host = parsed(hostFile);
  const base = clusterFirst
    ? { nameservers: [dns.nameserver], searches: [`${pod.metadata.namespace}.svc.${dns.domain}`, `svc.${dns.domain}`, dns.domain, ...host.searches], options: ['ndots:5'] }
    : policy === 'None'
      ? { nameservers: [], searches: [], options: [] }
      : host;
  const { nameservers = [], searches = [], options = [] } = pod.spec.dnsConfig ?? {};
  const given = options.map(({ name = '', value }) => (value === undefined ? name : `${name}:${value}`));
  const overridden = new Set(given.map((option) => option.split(':')[0]));
  const merged = {
    nameservers: [...new Set([...base.nameservers, ...nameservers])],
    searches: [...new Set([...base.searches, ...searches])].slice(0, MAX_SEARCHES),
    options: [...base.options.filter((option) => !overridden.has(option.split(':')[0])), ...given],
  };
  const lines = [
    ...(merged.searches.length === 0 ? [] : [`search ${merged.searches.join(' ')}`]),
    ...merged.nameservers.map((nameserver) => `nameserver ${nameserver}`),
    ...(merged.options.length === 0 ? [] : [`options ${merged.options.join(' ')}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function parsed(file: string): { nameservers: string[]; searches: string[]; options: string[] } {
  const found = { nameservers: [] as string[], searches: [] as string[], options: [] as string[] };
  for (const line of file.split('\n')) {
    const [word, ...values] = line.trim().split(/\s+/);
    if (word === 'nameserver') found.nameservers.push(...values.slice(0, 1));
    else if (word === 'search') found.searches = values;
    else if (word === 'options') found.options = values;
  }
  return found;
}
