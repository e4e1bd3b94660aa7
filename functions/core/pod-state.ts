import { findCondition } from './conditions.ts';
import { timestampMs } from './timestamp.ts';
import type { Pod } from '#api/schema/kinds.generated';

export function isPodFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Counts towards a workload's replicas: neither finished nor being deleted. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

export function isPodTerminating(pod: Pod): boolean {
  return !isPodFinished(pod) && pod.metadata.deletionTimestamp !== undefined;
}

export function isPodReady(pod: Pod): boolean {
  return findCondition(pod.status?.conditions, 'Ready')?.status === 'True';
}

export function podReadySinceMs(pod: Pod): number {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  return ready?.status === 'True' ? timestampMs(ready.lastTransitionTime) : 0;
}

/** Ready for `minReadySeconds`. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  return isPodReady(pod) && (minReadySeconds === 0 || podReadySinceMs(pod) + minReadySeconds * 1000 <= nowMs);
}

/** When the next ready pod becomes available, if one is waiting for that. */
export function nextAvailabilityMs(pods: Pod[], minReadySeconds: number, nowMs: number): number | undefined {
  const waits = pods.filter((pod) => isPodReady(pod)).map((pod) => podReadySinceMs(pod) + minReadySeconds * 1000 - nowMs);
  const future = waits.filter((ms) => ms > 0);
  return future.length === 0 ? undefined : Math.min(...future);
}
