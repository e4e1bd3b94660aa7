import { untolerated } from '../taints.ts';
import { nodeAffinityMatches } from './node-affinity.ts';
import { portsConflict } from './node-state.ts';
import { forNow, never } from './refusal.ts';
import type { Incoming } from './incoming.ts';
import type { NodeState } from './node-state.ts';
import type { Refusal } from './refusal.ts';
import type { Taint } from '#api/schema/kinds.generated';

type Filter = (incoming: Incoming, state: NodeState) => Refusal | undefined;

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** In this order; the first that refuses speaks for the node. */
const FILTERS: Filter[] = [
  cordoned,
  tainted,
  unselected,
  portsTaken,
  full,
  ({ volumes }, { node }) => volumes?.refusal(node),
  ({ spread }, state) => spread.refusal(state),
  ({ affinity }, state) => affinity.refusal(state),
];

export function refusalOf(incoming: Incoming, state: NodeState): Refusal | undefined {
  for (const filter of FILTERS) {
    const refusal = filter(incoming, state);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function cordoned({ pod }: Incoming, { node }: NodeState): Refusal | undefined {
  const isOpen = node.spec?.unschedulable !== true || untolerated(pod.spec?.tolerations, [UNSCHEDULABLE], ['NoSchedule']).length === 0;
  return isOpen ? undefined : never('node(s) were unschedulable');
}

function tainted({ pod }: Incoming, { node }: NodeState): Refusal | undefined {
  return untolerated(pod.spec?.tolerations, node.spec?.taints, ['NoSchedule', 'NoExecute']).length === 0 ? undefined : never('node(s) had untolerated taint(s)');
}

function unselected({ pod }: Incoming, { node }: NodeState): Refusal | undefined {
  return nodeAffinityMatches(pod, node) ? undefined : never("node(s) didn't match Pod's node affinity/selector");
}

function portsTaken({ ports: wanted }: Incoming, { ports }: NodeState): Refusal | undefined {
  const isTaken = wanted.some((port) => ports.some((other) => portsConflict(port, other)));
  return isTaken ? forNow("node(s) didn't have free ports for the requested pod ports") : undefined;
}

function full({ requests }: Incoming, { allocatable, requested, pods }: NodeState): Refusal | undefined {
  const reasons: string[] = [];
  let isResolvable = true;
  if (pods.length + 1 > (allocatable['pods'] ?? 0)) reasons.push('Too many pods');
  for (const [name, amount] of Object.entries(requests)) {
    const capacity = allocatable[name] ?? 0;
    if (amount === 0 || (requested[name] ?? 0) + amount <= capacity) continue;
    reasons.push(`Insufficient ${name}`);
    // Even an empty node would be too small.
    if (amount > capacity) isResolvable = false;
  }
  return reasons.length === 0 ? undefined : { reasons, isResolvable };
}
