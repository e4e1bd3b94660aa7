import type { Node, Pod as AnyPod } from '#api/schema/kinds.generated';
import { nodeAffinityMatches } from '#core/scheduling/node-affinity';
import { hostPorts, portsConflict } from '#core/scheduling/node-state';
import { add, podRequests, resourcesOf, type Resources } from '#core/scheduling/resources';
import type { Pod } from '../pod.ts';

/** Why a node does not take a pod that was put on it: it fails, and whoever made it makes another. */
export interface PodRefusal {
  reason: string;
  message: string;
}

/** What of the kernel a pod may set for itself alone. */
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);
const RESOURCES = ['cpu', 'memory', 'ephemeral-storage', 'pods'] as const;

/**
 * A look at a pod before anything of it is made here. The scheduler has looked already, but pods also come past it (`spec.nodeName`), and two may have
 * been sent at once. `others` are the pods that this node has and that are not over.
 */
export function podRefusal(pod: Pod, { node, others }: { node: Node; others: AnyPod[] }): PodRefusal | undefined {
  const sysctl = pod.spec.securityContext?.sysctls?.find(({ name }) => !SAFE_SYSCTLS.has(name.replaceAll('/', '.')));
  if (sysctl !== undefined) return { reason: 'SysctlForbidden', message: `forbidden sysctl: "${sysctl.name}" not allowlisted` };
  const short = shortResource(pod, node, others);
  if (short !== undefined) return short;
  if (!nodeAffinityMatches(pod, node)) return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  const taken = others.flatMap(hostPorts);
  if (hostPorts(pod).some((port) => taken.some((other) => portsConflict(port, other)))) return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  return undefined;
}

function shortResource(pod: Pod, node: Node, others: AnyPod[]): PodRefusal | undefined {
  const capacity = resourcesOf(node.status?.allocatable ?? {});
  const wanted: Resources = { ...podRequests(pod), pods: 1 };
  const used: Resources = { pods: others.length };
  for (const other of others) add(used, podRequests(other));
  for (const name of RESOURCES) {
    const requested = wanted[name] ?? 0;
    const has = capacity[name];
    if (has === undefined || requested === 0 || (used[name] ?? 0) + requested <= has) continue;
    return { reason: `OutOf${name}`, message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used[name] ?? 0}, capacity: ${has}` };
  }
  return undefined;
}

function predicate(name: string, why: string): PodRefusal {
  return { reason: name, message: `Predicate ${name} failed: ${why}` };
}

/** The Node as it was last read; before a pod is refused it is read anew, since others write its labels and resources. */
export function nodeAdmission(first: Node, readNode: () => Promise<Node>): (pod: Pod, others: AnyPod[]) => Promise<PodRefusal | undefined> {
  let node = first;
  return async (pod, others) => {
    if (podRefusal(pod, { node, others }) === undefined) return undefined;
    node = await readNode();
    return podRefusal(pod, { node, others });
  };
}
