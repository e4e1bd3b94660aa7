import { toleranceSeconds } from '../taints.ts';
import { timestampMs } from '../timestamp.ts';
import type { Pod, Taint } from '#api/schema/kinds.generated';

/** When a pod must leave a node with these taints; undefined: it may stay. */
export function evictionMs(pod: Pod, taints: Taint[], nowMs: number): number | undefined {
  let earliest: number | undefined;
  for (const taint of taints.filter(({ effect }) => effect === 'NoExecute')) {
    const seconds = toleranceSeconds(pod.spec?.tolerations, [taint]);
    if (seconds === undefined) continue;
    const sinceMs = timestampMs(taint.timeAdded) || nowMs;
    earliest = Math.min(earliest ?? Infinity, sinceMs + seconds * 1000);
  }
  return earliest;
}
