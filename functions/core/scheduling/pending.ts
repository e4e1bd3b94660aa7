import { isPodActive } from '../pod-state.ts';
import type { Pod } from '#api/schema/kinds.generated';

const OUR_NAME = 'default-scheduler';

/** Whether a pod waits for a node from us. */
export function isPending(pod: Pod): boolean {
  return !pod.spec?.nodeName && isPodActive(pod) && (pod.spec?.schedulerName ?? OUR_NAME) === OUR_NAME;
}

/** The most important first, then the eldest. */
export function pendingPods(pods: Pod[]): Pod[] {
  return pods.filter(isPending).sort((a, b) => (b.spec?.priority ?? 0) - (a.spec?.priority ?? 0) || compareTexts(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compareTexts(a.metadata.name, b.metadata.name));
}

// Times are written in one form, whose order as text is theirs; thousands of pods are sorted for each that is created.
function compareTexts(a: string | null | undefined, b: string | null | undefined): number {
  const [left, right] = [a ?? '', b ?? ''];
  return left === right ? 0 : left < right ? -1 : 1;
}

export function isGated(pod: Pod): boolean {
  return (pod.spec?.schedulingGates ?? []).length > 0;
}
