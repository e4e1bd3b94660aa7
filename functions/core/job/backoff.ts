import { findCondition } from '../conditions.ts';
import { timestampMs } from '../timestamp.ts';
import type { Pod } from '#api/schema/kinds.generated';

const FIRST_MS = 10_000;
const LONGEST_MS = 10 * 60_000;

/** How long no new pod may start after failures in a row; each doubles the wait, a success ends it. */
export function backoffMs(pods: Pod[], isFailed: (pod: Pod) => boolean, nowMs: number): number {
  const ended = pods.filter((pod) => isFailed(pod) || pod.status?.phase === 'Succeeded').sort((a, b) => finishedMs(a) - finishedMs(b));
  const lastSuccess = ended.findLastIndex(({ status }) => status?.phase === 'Succeeded');
  const failures = ended.slice(lastSuccess + 1);
  const last = failures.at(-1);
  if (last === undefined) return 0;
  const waitMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures.length - 1, 20));
  return Math.max(0, finishedMs(last) + waitMs - nowMs);
}

function finishedMs({ metadata, status }: Pod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => timestampMs(state?.terminated?.finishedAt));
  const ready = findCondition(status?.conditions, 'Ready');
  return Math.max(0, ...ends) || timestampMs(ready?.lastTransitionTime) || timestampMs(metadata.deletionTimestamp) || timestampMs(metadata.creationTimestamp);
}
