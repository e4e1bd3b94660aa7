import { untolerated } from '../taints.ts';
import { nodeAffinityMatches } from './node-affinity.ts';
import { hostPorts, portsConflict } from './node-state.ts';
import { podRequests } from './resources.ts';
import type { NodeState } from './node-state.ts';
import type { Pod, Taint } from '#api/schema/kinds.generated';

/** Why a node cannot take a pod, in the scheduler's words. */
export interface Refusal {
  reasons: string[];
  /** Whether it could if other pods went away. */
  isResolvable: boolean;
}

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** In this order; the first that refuses speaks for the node. */
const FILTERS: ((pod: Pod, state: NodeState) => Refusal | undefined)[] = [cordoned, named, tainted, unselected, portsTaken, full];

export function refusalOf(pod: Pod, state: NodeState): Refusal | undefined {
  for (const filter of FILTERS) {
    const refusal = filter(pod, state);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function cordoned(pod: Pod, { node }: NodeState): Refusal | undefined {
  const isOpen = node.spec?.unschedulable !== true || untolerated(pod.spec?.tolerations, [UNSCHEDULABLE], ['NoSchedule']).length === 0;
  return isOpen ? undefined : never('node(s) were unschedulable');
}

function named(pod: Pod, { name }: NodeState): Refusal | undefined {
  return !pod.spec?.nodeName || pod.spec.nodeName === name ? undefined : never("node(s) didn't match the requested node name");
}

function tainted(pod: Pod, { node }: NodeState): Refusal | undefined {
  return untolerated(pod.spec?.tolerations, node.spec?.taints, ['NoSchedule', 'NoExecute']).length === 0 ? undefined : never('node(s) had untolerated taint(s)');
}

function unselected(pod: Pod, { node }: NodeState): Refusal | undefined {
  return nodeAffinityMatches(pod, node) ? undefined : never("node(s) didn't match Pod's node affinity/selector");
}

function portsTaken(pod: Pod, { ports }: NodeState): Refusal | undefined {
  const isTaken = hostPorts(pod).some((wanted) => ports.some((port) => portsConflict(wanted, port)));
  return isTaken ? { reasons: ["node(s) didn't have free ports for the requested pod ports"], isResolvable: true } : undefined;
}

function full(pod: Pod, { allocatable, requested, podCount }: NodeState): Refusal | undefined {
  const reasons: string[] = [];
  let isResolvable = true;
  if (podCount + 1 > (allocatable.pods ?? 0)) reasons.push('Too many pods');
  for (const [name, amount] of Object.entries(podRequests(pod))) {
    const capacity = allocatable[name] ?? 0;
    if (amount === 0 || (requested[name] ?? 0) + amount <= capacity) continue;
    reasons.push(`Insufficient ${name}`);
    // Even an empty node would be too small.
    if (amount > capacity) isResolvable = false;
  }
  return reasons.length === 0 ? undefined : { reasons, isResolvable };
}

function never(reason: string): Refusal {
  return { reasons: [reason], isResolvable: false };
}
