import { createHash } from 'node:crypto';
import type { PodAttachment } from '../network/pod-network.ts';
import { type Frontend, frontendsOf, hostPortFrontend, hostPortsOf } from './frontends.ts';
import type { ServiceFacts, ServicePortFacts, ServiceView, Target } from './service-view.ts';

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

export const TABLES = ['nat', 'filter'] as const;
export type Table = (typeof TABLES)[number];
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
  const addresses: string[] = [];
  const nodePorts: string[] = [];
  const refusals: string[] = [];
  const nat = new Map<string, string[]>();

  for (const service of view.services) {
    for (const port of service.ports) {
      const ways = waysOf(service, port, settings);
      for (const [chain, rules] of ways.chains) nat.set(chain, rules);
      for (const frontend of frontendsOf(service, port)) {
        const { chain, otherwise } = frontend.external ? ways.external : ways.internal;
        if (chain !== undefined) (frontend.ip === undefined ? nodePorts : addresses).push(...matchesOf(frontend).map((match) => `${match} ${comment(service, port)} -j ${chain}`));
        // What is still addressed to it when it is to be forwarded or to leave has not been led anywhere.
        if (frontend.ip !== undefined && (otherwise !== undefined || frontend.sourceRanges.length > 0)) refusals.push(`${destination(frontend)} -j ${otherwise ?? 'DROP'}`);
      }
    }
  }

  nat.set(chains.services, [...addresses, ...hostPorts(attached), ...nodePorts]);
  nat.set(chains.post, [
    ...hairpins(view).map((ip) => `-s ${ip}/32 -d ${ip}/32 -m conntrack --ctstate DNAT -j MASQUERADE`),
    `-s 127.0.0.0/8 -d ${settings.podCidr} -j MASQUERADE`, // localhost:nodePort
    `-s ${settings.podCidr} ! -d ${settings.podCidr} -j MASQUERADE`,
  ]);
  // Docker's engine sets the policy of FORWARD to DROP: without these a pod reaches nobody.
  const forward = [`-s ${settings.podCidr} -j ACCEPT`, `-d ${settings.podCidr} -j ACCEPT`];
  return { nat, filter: new Map([[chains.reject, refusals], [chains.forward, forward]]) };
}

/** Where the packets of one kind of frontend go, and what becomes of those that go nowhere. */
interface Way {
  chain?: string;
  otherwise?: 'REJECT' | 'DROP';
}

function waysOf(service: ServiceFacts, port: ServicePortFacts, settings: RuleSettings): { chains: Map<string, string[]>; internal: Way; external: Way } {
  const chains = new Map<string, string[]>();
  if (port.targets.length === 0) return { chains, internal: { otherwise: 'REJECT' }, external: { otherwise: 'REJECT' } };
  const chain = (kind: string): string => `${settings.prefix}-${digest(`${service.namespace}/${service.name}:${port.name}/${port.protocol}${kind}`)}`;
  const balanced = (targets: Target[]): string[] => {
    if (service.affinitySeconds === undefined) return shared(targets.map((target) => `${translation(port, target)}`));
    const kept = targets.map((target) => ({ target, name: chain(`@${target.ip}:${target.port}`) }));
    // Each has a list of its own of the clients that came last: who is on one stays with it.
    for (const { target, name } of kept) chains.set(name, [`-m recent --name ${name} --set ${translation(port, target)}`]);
    const returning = kept.map(({ name }) => `-m recent --name ${name} --rcheck --seconds ${service.affinitySeconds} --reap -j ${name}`);
    return [...returning, ...shared(kept.map(({ name }) => `-j ${name}`))];
  };

  const everywhere: Way = { chain: chain('') };
  const here: Way = port.localTargets.length === 0 ? { otherwise: 'DROP' } : { chain: chain('@local') };
  if (!(port.internalLocal && port.externalLocal)) chains.set(chain(''), balanced(port.targets));
  if (port.internalLocal && here.chain !== undefined) chains.set(here.chain, balanced(port.localTargets));
  if (!port.externalLocal) return { chains, internal: port.internalLocal ? here : everywhere, external: everywhere };

  // The policy is about what comes from outside: pods, and this host's own programs, are as good as inside.
  const inside = port.internalLocal ? here : everywhere;
  const outside = chain('@outside');
  const shortcuts = inside.chain === undefined ? [] : [`-s ${settings.podCidr} -j ${inside.chain}`, `-m addrtype --src-type LOCAL -j ${inside.chain}`];
  chains.set(outside, [...shortcuts, ...balanced(port.localTargets)]);
  return { chains, internal: inside, external: { chain: outside, ...(port.localTargets.length === 0 ? { otherwise: 'DROP' } : {}) } };
}

// Each rule takes its share of what the rules before it let pass: 1/n, 1/(n-1), ... and the last takes the rest.
function shared(rules: string[]): string[] {
  return rules.map((rule, i) => {
    const left = rules.length - i;
    return left > 1 ? `-m statistic --mode random --probability ${(1 / left).toFixed(8)} ${rule}` : rule;
  });
}

function translation({ protocol }: ServicePortFacts, target: Target): string {
  return `-p ${protocol.toLowerCase()} -j DNAT --to-destination ${target.ip}:${target.port}`;
}

function hostPorts(attached: PodAttachment[]): string[] {
  return hostPortsOf(attached).map(({ pod, hostPort }) => {
    const frontend = hostPortFrontend(hostPort);
    const where = frontend.ip === undefined ? '' : '-m addrtype --dst-type LOCAL ';
    return `${destination(frontend)} ${where}-j DNAT --to-destination ${pod.ip}:${hostPort.containerPort}`;
  });
}

function matchesOf(frontend: Frontend): string[] {
  const match = destination(frontend);
  return frontend.sourceRanges.length === 0 ? [match] : frontend.sourceRanges.map((range) => `-s ${range} ${match}`);
}

function destination({ ip, protocol, port }: Frontend): string {
  const lower = protocol.toLowerCase();
  const dport = `-p ${lower} -m ${lower} --dport ${port}`;
  return ip === undefined ? `${dport} -m addrtype --dst-type LOCAL` : `-d ${ip}/32 ${dport}`;
}

// A pod that reaches itself through a Service must not see its own address as the source, or it answers itself directly.
function hairpins(view: ServiceView): string[] {
  return [...new Set(view.services.flatMap((s) => s.ports.flatMap((p) => p.targets.map((t) => t.ip))))].sort();
}

function comment(service: ServiceFacts, port: ServicePortFacts): string {
  return `-m comment --comment "${service.namespace}/${service.name}${port.name ? `:${port.name}` : ''}"`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
