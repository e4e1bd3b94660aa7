import { findCondition } from '../conditions.ts';
import { podsToDelete } from '../replicaset/rank.ts';
import { timestampMs } from '../timestamp.ts';
import { backoffMs } from './backoff.ts';
import { formatIndexes } from './indexes.ts';
import { failuresBefore, indexOf, isIndexed } from './pods.ts';
import { decideEnd, isEnded } from './end.ts';
import { isFailedPod, tallyOf } from './tally.ts';
import type { End } from './end.ts';
import type { WantedPod } from './pods.ts';
import type { Tally } from './tally.ts';
import type { Job, JobCondition, JobStatus, Pod } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';

const MAX_CREATED_AT_ONCE = 500;

export interface JobPlan {
  create: WantedPod[];
  remove: Pod[];
  /** Loses its finalizer, after the status has been written. */
  release: Pod[];
  status: JobStatus;
  events: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
  afterMs?: number;
}

/** One step of a job. What it writes comes back as changes of its pods and of itself, and asks for the next one. */
export function planJob(job: Job, pods: Pod[], nowMs: number): JobPlan {
  const tally = tallyOf(job, pods);
  const plan: JobPlan = { create: [], remove: [], release: tally.release, status: {}, events: [] };
  let conditions = job.status?.conditions ?? [];
  const say = (condition: JobCondition): void => {
    conditions = [...conditions.filter(({ type }) => type !== condition.type), condition];
  };
  const startTime = isSuspended(job) || isEnded(job) ? job.status?.startTime : (job.status?.startTime ?? formatTime(nowMs));
  if (!isEnded(job)) advance({ job, tally, plan, say, nowMs }, pods, timestampMs(startTime) || nowMs);
  plan.status = statusOf(job, tally, { plan, conditions, startTime });
  if (conditions.some(({ type, status }) => type === 'Complete' && status === 'True')) plan.status.completionTime ??= formatTime(nowMs);
  return plan;
}

function advance(step: Step, pods: Pod[], startMs: number): void {
  const { job, tally, plan, nowMs } = step;
  const end = decideEnd(job, pods, { tally, nowMs, startMs });
  if (end !== undefined) return endJob(end, step);
  plan.release = releasable(job, tally);
  if (isSuspended(job)) return suspend(step);
  resume(step);
  managePods(job, pods, { tally, plan, nowMs });
  const seconds = job.spec?.activeDeadlineSeconds;
  if (seconds !== undefined) plan.afterMs = Math.min(plan.afterMs ?? Infinity, Math.max(0, startMs + Number(seconds) * 1000 - nowMs));
}

interface Step {
  job: Job;
  tally: Tally;
  plan: JobPlan;
  say(condition: JobCondition): void;
  nowMs: number;
}

// First the verdict, which nothing takes back; the job has ended when the last pod has, and is counted.
function endJob(end: End, { job, tally, plan, say, nowMs }: Step): void {
  const { reason, message } = end;
  const target = end.isSuccess ? 'SuccessCriteriaMet' : 'FailureTarget';
  if (findCondition(job.status?.conditions, target) === undefined) say(conditionOf(target, { reason, message }, nowMs));
  plan.remove = tally.active;
  const isQuiet = tally.active.length === 0 && tally.terminating === 0 && tally.uncounted.succeeded.length + tally.uncounted.failed.length === 0;
  if (!isQuiet) return;
  say(conditionOf(end.isSuccess ? 'Complete' : 'Failed', { reason, message }, nowMs));
  plan.events.push(end.isSuccess ? { type: 'Normal', reason: 'Completed', message: 'Job completed' } : { type: 'Warning', reason, message });
}

// The last failed pod of an index carries what has been counted of it: it stays until a pod that knows that count is there.
function releasable({ spec }: Job, { release, active, succeededIndexes, failedIndexes }: Tally): Pod[] {
  if (spec?.backoffLimitPerIndex === undefined) return release;
  const settled = new Set([...succeededIndexes, ...failedIndexes, ...active.map(indexOf)]);
  return release.filter((pod) => settled.has(indexOf(pod)) || release.some((later) => indexOf(later) === indexOf(pod) && failuresBefore(later) > failuresBefore(pod)));
}

function suspend({ job, tally, plan, say, nowMs }: Step): void {
  plan.remove = tally.active;
  if (findCondition(job.status?.conditions, 'Suspended')?.status === 'True') return;
  say(conditionOf('Suspended', { reason: 'JobSuspended', message: 'Job suspended' }, nowMs));
  plan.events.push({ type: 'Normal', reason: 'Suspended', message: 'Job suspended' });
}

function resume({ job, plan, say, nowMs }: Step): void {
  if (findCondition(job.status?.conditions, 'Suspended')?.status !== 'True') return;
  say({ ...conditionOf('Suspended', { reason: 'JobResumed', message: 'Job resumed' }, nowMs), status: 'False' });
  plan.events.push({ type: 'Normal', reason: 'Resumed', message: 'Job resumed' });
}

function managePods(job: Job, pods: Pod[], { tally, plan, nowMs }: { tally: Tally; plan: JobPlan; nowMs: number }): void {
  const { parallelism = 1, completions, podReplacementPolicy } = job.spec ?? {};
  const wanted = completions === undefined ? (tally.succeeded > 0 ? Math.min(tally.active.length, parallelism) : parallelism) : Math.min(parallelism, openIndexes(job, tally));
  if (tally.active.length > wanted) {
    plan.remove = podsToDelete(tally.active, [], tally.active.length - wanted);
    return;
  }
  const leaving = podReplacementPolicy === 'Failed' ? tally.terminating : 0;
  const count = Math.min(wanted - tally.active.length - leaving, MAX_CREATED_AT_ONCE);
  if (count <= 0) return;
  const waitMs = job.spec?.backoffLimitPerIndex === undefined ? backoffMs(pods, (pod) => isFailedPod(job, pod), nowMs) : 0;
  if (waitMs > 0) plan.afterMs = waitMs;
  else if (isIndexed(job)) Object.assign(plan, nextIndexes(job, pods, { tally, count, nowMs }));
  else plan.create = Array.from({ length: count }, () => ({}));
}

/** How many completions are still to come. */
function openIndexes({ spec }: Job, { succeeded, failedIndexes }: Tally): number {
  return Math.max(0, (spec?.completions ?? 0) - succeeded - failedIndexes.size);
}

function nextIndexes(job: Job, pods: Pod[], { tally, count, nowMs }: { tally: Tally; count: number; nowMs: number }): Pick<JobPlan, 'create' | 'afterMs'> {
  const taken = new Set(tally.active.map(indexOf));
  const isPerIndex = job.spec?.backoffLimitPerIndex !== undefined;
  const create: WantedPod[] = [];
  let afterMs: number | undefined;
  for (let index = 0; index < (job.spec?.completions ?? 0) && create.length < count; index++) {
    if (taken.has(index) || tally.succeededIndexes.has(index) || tally.failedIndexes.has(index)) continue;
    const waitMs = isPerIndex ? backoffMs(pods.filter((pod) => indexOf(pod) === index), (pod) => isFailedPod(job, pod), nowMs) : 0;
    if (waitMs > 0) afterMs = Math.min(afterMs ?? Infinity, waitMs);
    else create.push({ index, ...(isPerIndex ? { failures: tally.indexFailures.get(index) ?? 0 } : {}) });
  }
  return { create, ...(afterMs === undefined ? {} : { afterMs }) };
}

function statusOf(job: Job, tally: Tally, { plan, conditions, startTime }: { plan: JobPlan; conditions: JobCondition[]; startTime: string | undefined }): JobStatus {
  const { startTime: _start, completionTime, ...rest } = job.status ?? {};
  const removed = plan.remove.length;
  const active = tally.active.length - removed;
  const status: JobStatus = {
    ...rest,
    ...(startTime === undefined ? {} : { startTime }),
    ...(completionTime === undefined ? {} : { completionTime }),
    active,
    succeeded: tally.counted.succeeded,
    failed: tally.counted.failed,
    ready: tally.ready,
    terminating: tally.terminating + removed,
    uncountedTerminatedPods: Object.fromEntries(Object.entries(tally.uncounted).filter(([, uids]) => uids.length > 0)),
  };
  if (conditions.length > 0) status.conditions = conditions;
  if (isIndexed(job)) status.completedIndexes = formatIndexes(tally.succeededIndexes);
  if (job.spec?.backoffLimitPerIndex !== undefined) status.failedIndexes = formatIndexes(tally.failedIndexes);
  // As Go leaves zero counts out of the JSON.
  for (const field of ['active', 'succeeded', 'failed'] as const) if (status[field] === 0) delete status[field];
  if (status.completedIndexes === '') delete status.completedIndexes;
  if (isSuspended(job)) delete status.startTime;
  return status;
}

function isSuspended({ spec }: Job): boolean {
  return spec?.suspend === true;
}

function conditionOf(type: string, said: { reason: string; message: string }, nowMs: number): JobCondition {
  return { type, status: 'True', lastProbeTime: formatTime(nowMs), lastTransitionTime: formatTime(nowMs), ...said };
}
