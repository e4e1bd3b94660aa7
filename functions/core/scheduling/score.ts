import { controllerOf } from '../owner.ts';
import { untolerated } from '../taints.ts';
import { preferredNodeWeight } from './node-affinity.ts';
import { podRequests } from './resources.ts';
import type { NodeState } from './node-state.ts';
import type { Pod } from '#api/schema/kinds.generated';

/** Higher is better. A wish of the user outweighs spreading, spreading outweighs the free room. */
export function scoreOf(pod: Pod, state: NodeState): number {
  const wish = preferredNodeWeight(pod, state.node);
  const avoided = untolerated(pod.spec?.tolerations, state.node.spec?.taints, ['PreferNoSchedule']).length;
  const siblings = state.siblings.get(controllerOf(pod)?.uid ?? '') ?? 0;
  return wish * 100 - avoided * 1_000 - siblings * 100 + freeShare(pod, state) * 99;
}

// 0 full to 1 empty, with the pod already there; the count of pods speaks where nothing is requested.
function freeShare(pod: Pod, { allocatable, requested, podCount }: NodeState): number {
  const requests = podRequests(pod);
  const shares = ['cpu', 'memory'].map((name) => share((requested[name] ?? 0) + (requests[name] ?? 0), allocatable[name] ?? 0));
  shares.push(share(podCount + 1, allocatable.pods ?? 0));
  return shares.reduce((sum, value) => sum + value, 0) / shares.length;
}

function share(used: number, capacity: number): number {
  return capacity <= 0 ? 0 : Math.max(0, 1 - used / capacity);
}
