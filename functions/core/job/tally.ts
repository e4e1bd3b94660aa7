import { isPodActive, isPodReady, isPodTerminating } from '../pod-state.ts';
import { judgeFailure } from './failure-policy.ts';
import { parseIndexes } from './indexes.ts';
import { failuresBefore, indexOf, isIndexed, isTracked } from './pods.ts';
import type { Job, Pod } from '#api/schema/kinds.generated';

/** How a job stands: what has been counted for good, and what is seen and about to be. */
export interface Tally {
  active: Pod[];
  ready: number;
  terminating: number;
  /** For good: their pods no longer carry the finalizer. */
  counted: { succeeded: number; failed: number };
  /** Seen, with the finalizer still on: uids. */
  uncounted: { succeeded: string[]; failed: string[] };
  succeeded: number;
  failed: number;
  succeededIndexes: Set<number>;
  failedIndexes: Set<number>;
  /** Failures of each index that may be tried again. */
  indexFailures: Map<number, number>;
  /** Finished pods whose finalizer may go once the status is written. */
  release: Pod[];
  /** A pod failed in a way that ends the job. */
  fatal: string | undefined;
}

export function tallyOf(job: Job, pods: Pod[]): Tally {
  const tracked = pods.filter(isTracked);
  const isStillTracked = (uid: string): boolean => tracked.some(({ metadata }) => metadata.uid === uid);
  const noted = job.status?.uncountedTerminatedPods ?? {};
  const before = { succeeded: noted.succeeded ?? [], failed: noted.failed ?? [] };
  const counted = {
    succeeded: (job.status?.succeeded ?? 0) + before.succeeded.filter((uid) => !isStillTracked(uid)).length,
    failed: (job.status?.failed ?? 0) + before.failed.filter((uid) => !isStillTracked(uid)).length,
  };
  const uncounted = { succeeded: before.succeeded.filter(isStillTracked), failed: before.failed.filter(isStillTracked) };
  const completions = job.spec?.completions;
  const tally: Tally = {
    active: pods.filter(isPodActive),
    ready: pods.filter((pod) => isPodActive(pod) && isPodReady(pod)).length,
    terminating: pods.filter(isPodTerminating).length,
    counted,
    uncounted,
    succeeded: 0,
    failed: 0,
    succeededIndexes: parseIndexes(job.status?.completedIndexes, completions),
    failedIndexes: parseIndexes(job.status?.failedIndexes, completions),
    indexFailures: new Map(),
    release: [],
    fatal: undefined,
  };
  for (const pod of tracked) countPod(job, pod, tally);
  if (isIndexed(job)) counted.succeeded = tally.succeededIndexes.size;
  tally.succeeded = counted.succeeded + uncounted.succeeded.length;
  tally.failed = counted.failed + uncounted.failed.length;
  return tally;
}

function countPod(job: Job, pod: Pod, tally: Tally): void {
  const { uid = '' } = pod.metadata;
  if (pod.status?.phase === 'Succeeded') {
    tally.release.push(pod);
    if (isIndexed(job)) tally.succeededIndexes.add(indexOf(pod));
    else if (!tally.uncounted.succeeded.includes(uid)) tally.uncounted.succeeded.push(uid);
  } else if (isFailedPod(job, pod)) {
    tally.release.push(pod);
    const verdict = judgeFailure(job, pod);
    if (verdict.action === 'FailJob') tally.fatal ??= verdict.message;
    if (verdict.action !== 'Ignore' && !tally.uncounted.failed.includes(uid)) tally.uncounted.failed.push(uid);
    countIndexFailure(job, pod, { tally, isFinal: verdict.action === 'FailIndex', isIgnored: verdict.action === 'Ignore' });
  }
}

/** Being deleted counts as failed at once, unless only what has really ended is replaced. */
export function isFailedPod({ spec }: Job, { metadata, status }: Pod): boolean {
  if (status?.phase === 'Failed') return true;
  return spec?.podReplacementPolicy !== 'Failed' && metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded';
}

function countIndexFailure({ spec }: Job, pod: Pod, { tally, isFinal, isIgnored }: { tally: Tally; isFinal: boolean; isIgnored: boolean }): void {
  if (spec?.backoffLimitPerIndex === undefined) return;
  const index = indexOf(pod);
  const failures = Math.max(tally.indexFailures.get(index) ?? 0, failuresBefore(pod) + (isIgnored ? 0 : 1));
  tally.indexFailures.set(index, failures);
  if (isFinal || failures > spec.backoffLimitPerIndex) tally.failedIndexes.add(index);
}
