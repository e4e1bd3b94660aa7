import { createHash } from 'node:crypto';
import type { PodAttachment } from '../network/pod-network.ts';
import type { ServiceFacts, ServicePortFacts, ServiceView } from './service-view.ts';

/**
 * The iptables chains of one node, as a pure function of Services and host ports. All chains carry the node's own prefix; what the host or
 * another cluster has is never named.
 */
export interface RuleSettings {
  /** At most 9 characters, so that with a suffix a chain's name stays within iptables' 28. */
  prefix: string;
  /** Of the whole cluster. */
  podCidr: string;
}

export type Table = 'nat' | 'filter';
/** Chain to rules (without `-A CHAIN`), for each table. */
export type Rules = Record<Table, Map<string, string[]>>;

export function chainNames(prefix: string) {
  return { services: `${prefix}-SVC`, post: `${prefix}-POST`, forward: `${prefix}-FWD`, reject: `${prefix}-REJ` };
}

/** The host's chains that lead into ours, in the order in which they must be there. */
export function jumps(prefix: string): { table: Table; from: string; to: string }[] {
  const chains = chainNames(prefix);
  return [
    { table: 'nat', from: 'PREROUTING', to: chains.services },
    { table: 'nat', from: 'OUTPUT', to: chains.services },
    { table: 'nat', from: 'POSTROUTING', to: chains.post },
    { table: 'filter', from: 'FORWARD', to: chains.reject }, // before all of a pod's packets are let pass
    { table: 'filter', from: 'FORWARD', to: chains.forward },
    { table: 'filter', from: 'OUTPUT', to: chains.reject },
  ];
}

export function planRules(view: ServiceView, attached: PodAttachment[], settings: RuleSettings): Rules {
  const chains = chainNames(settings.prefix);
  const entries: string[] = [];
  const nodePorts: string[] = [];
  const rejects: string[] = [];
  const nat = new Map<string, string[]>();

  for (const service of view.services) {
    for (const port of service.ports) {
      const matches = frontends(service, port);
      if (port.targets.length === 0) {
        rejects.push(...matches.addresses.map((match) => `${match} -j REJECT`));
        continue;
      }
      const chain = `${settings.prefix}-${digest(`${service.namespace}/${service.name}:${port.name}/${port.protocol}`)}`;
      nat.set(chain, balance(port));
      entries.push(...matches.addresses.map((match) => `${match} ${comment(service, port)} -j ${chain}`));
      nodePorts.push(...matches.nodePorts.map((match) => `${match} ${comment(service, port)} -j ${chain}`));
    }
  }

  nat.set(chains.services, [...entries, ...hostPorts(attached), ...nodePorts]);
  nat.set(chains.post, [
    ...hairpins(view).map((ip) => `-s ${ip}/32 -d ${ip}/32 -m conntrack --ctstate DNAT -j MASQUERADE`),
    `-s 127.0.0.0/8 -d ${settings.podCidr} -j MASQUERADE`, // localhost:nodePort
    `-s ${settings.podCidr} ! -d ${settings.podCidr} -j MASQUERADE`,
  ]);
  // Docker's engine sets the policy of FORWARD to DROP: without these a pod reaches nobody.
  const forward = [`-s ${settings.podCidr} -j ACCEPT`, `-d ${settings.podCidr} -j ACCEPT`];
  return { nat, filter: new Map([[chains.reject, rejects], [chains.forward, forward]]) };
}

function frontends(service: ServiceFacts, port: ServicePortFacts): { addresses: string[]; nodePorts: string[] } {
  const protocol = port.protocol.toLowerCase();
  const addresses = [...service.clusterIps, ...service.extraIps].filter(isIpv4).map((ip) => `-d ${ip}/32 -p ${protocol} -m ${protocol} --dport ${port.port}`);
  const nodePorts = port.nodePort === undefined ? [] : [`-p ${protocol} -m ${protocol} --dport ${port.nodePort} -m addrtype --dst-type LOCAL`];
  return { addresses, nodePorts };
}

// Each rule takes its share of what the rules before it let pass: 1/n, 1/(n-1), ... and the last takes the rest.
function balance(port: ServicePortFacts): string[] {
  const protocol = port.protocol.toLowerCase();
  return port.targets.map((target, i) => {
    const left = port.targets.length - i;
    const share = left > 1 ? `-m statistic --mode random --probability ${(1 / left).toFixed(8)} ` : '';
    return `${share}-p ${protocol} -j DNAT --to-destination ${target.ip}:${target.port}`;
  });
}

function hostPorts(attached: PodAttachment[]): string[] {
  return attached.flatMap((pod) =>
    pod.hostPorts.map(({ hostIp, hostPort, containerPort, protocol: name }) => {
      const protocol = name.toLowerCase();
      const where = hostIp === undefined || hostIp === '' || hostIp === '0.0.0.0' ? '' : `-d ${hostIp}/32 `;
      return `${where}-p ${protocol} -m ${protocol} --dport ${hostPort} -m addrtype --dst-type LOCAL -j DNAT --to-destination ${pod.ip}:${containerPort}`;
    }),
  );
}

// A pod that reaches itself through a Service must not see its own address as the source, or it answers itself directly.
function hairpins(view: ServiceView): string[] {
  return [...new Set(view.services.flatMap((s) => s.ports.flatMap((p) => p.targets.map((t) => t.ip))))].filter(isIpv4).sort();
}

function comment(service: ServiceFacts, port: ServicePortFacts): string {
  return `-m comment --comment "${service.namespace}/${service.name}${port.name ? `:${port.name}` : ''}"`;
}

function isIpv4(ip: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(ip);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
