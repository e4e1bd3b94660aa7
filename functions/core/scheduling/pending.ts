import { isPodActive } from '../pod-state.ts';
import { timestampMs } from '../timestamp.ts';
import type { Pod } from '#api/schema/kinds.generated';

/** Pods that wait for a node from us, the most important first, then the eldest. */
export function pendingPods(pods: Pod[], schedulerName = 'default-scheduler'): Pod[] {
  return pods
    .filter((pod) => !pod.spec?.nodeName && isPodActive(pod) && (pod.spec?.schedulerName ?? schedulerName) === schedulerName)
    .sort(
      (a, b) =>
        (b.spec?.priority ?? 0) - (a.spec?.priority ?? 0) ||
        timestampMs(a.metadata.creationTimestamp) - timestampMs(b.metadata.creationTimestamp) ||
        ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1),
    );
}

export function isGated(pod: Pod): boolean {
  return (pod.spec?.schedulingGates ?? []).length > 0;
}
