import { findCondition } from '../conditions.ts';
import { timestampMs } from '../timestamp.ts';
import { isEnded } from '../job/end.ts';
import { parseSchedule, ScheduleError } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { CronJob, CronJobStatus, Job } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';

const TOO_MANY_MISSED = 100;
const MAX_STEPS = 1_000;
// A start is not late by less than what it takes to see that it is due.
const SLACK_MS = 100;

interface Said {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

export interface CronJobPlan {
  /** When the job that is to be made now was due. */
  startAtMs?: number;
  /** That still run, and give way. */
  replace: Job[];
  /** Finished, and more of them than are to be kept. */
  forget: Job[];
  status: CronJobStatus;
  events: Said[];
  afterMs?: number;
}

export function planCronJob(cron: CronJob, jobs: Job[], nowMs: number): CronJobPlan {
  const plan: CronJobPlan = { replace: [], forget: surplusJobs(cron, jobs), status: { ...cron.status }, events: [] };
  noteJobs(cron, jobs, plan);
  if (cron.metadata.deletionTimestamp !== undefined || cron.spec?.suspend === true) return plan;
  try {
    planStart(cron, jobs, { plan, schedule: parseSchedule(cron.spec?.schedule ?? '', cron.spec?.timeZone), nowMs });
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    plan.events.push({ type: 'Warning', reason: 'UnparseableSchedule', message: `unparseable schedule: "${cron.spec?.schedule}" : ${error.message}` });
  }
  return plan;
}

// What runs is listed, what has ended is said once.
function noteJobs(cron: CronJob, jobs: Job[], { status, events }: CronJobPlan): void {
  const listed = cron.status?.active ?? [];
  status.active = [];
  for (const reference of listed) {
    const job = jobs.find(({ metadata }) => metadata.uid === reference.uid);
    if (job === undefined) events.push({ type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${reference.name}` });
    else if (!isEnded(job)) status.active.push(reference);
    else events.push({ type: 'Normal', reason: 'SawCompletedJob', message: `Saw completed job: ${reference.name}, condition: ${isComplete(job) ? 'Complete' : 'Failed'}` });
  }
  for (const job of jobs) {
    const endedMs = isComplete(job) ? timestampMs(job.status?.completionTime) : 0;
    if (endedMs > timestampMs(status.lastSuccessfulTime)) status.lastSuccessfulTime = formatTime(endedMs);
    const isKnown = status.active.some(({ uid }) => uid === job.metadata.uid);
    if (!isEnded(job) && !isKnown) status.active.push(referenceOf(job));
  }
  if (status.active.length === 0) delete status.active;
}

function planStart(cron: CronJob, jobs: Job[], { plan, schedule, nowMs }: { plan: CronJobPlan; schedule: Schedule; nowMs: number }): void {
  const nextMs = schedule.next(nowMs);
  if (nextMs !== undefined) plan.afterMs = nextMs - nowMs + SLACK_MS;
  const { dueMs, missed } = lastDue(cron, schedule, nowMs);
  if (missed > TOO_MANY_MISSED) plan.events.push({ type: 'Warning', reason: 'TooManyMissedTimes', message: 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew' });
  if (dueMs === undefined) return;
  const deadline = cron.spec?.startingDeadlineSeconds;
  if (deadline !== undefined && dueMs + Number(deadline) * 1000 < nowMs) {
    plan.events.push({ type: 'Warning', reason: 'MissSchedule', message: `Missed scheduled time to start a job: ${new Date(dueMs).toUTCString().replace('GMT', '+0000')}` });
    return;
  }
  const running = jobs.filter((job) => !isEnded(job));
  if (running.length > 0 && cron.spec?.concurrencyPolicy === 'Forbid') {
    plan.events.push({ type: 'Normal', reason: 'JobAlreadyActive', message: 'Not starting job because prior execution is running and concurrency policy is Forbid' });
    return;
  }
  if (cron.spec?.concurrencyPolicy === 'Replace') plan.replace = running;
  plan.startAtMs = dueMs;
}

/** The latest moment that is due and not yet served; those before it are passed over. */
function lastDue(cron: CronJob, schedule: Schedule, nowMs: number): { dueMs: number | undefined; missed: number } {
  const sinceMs = timestampMs(cron.status?.lastScheduleTime) || timestampMs(cron.metadata.creationTimestamp);
  const deadline = cron.spec?.startingDeadlineSeconds;
  const fromMs = deadline === undefined ? sinceMs : Math.max(sinceMs, nowMs - Number(deadline) * 1000);
  const first = schedule.next(fromMs);
  if (first === undefined || first > nowMs) return { dueMs: undefined, missed: 0 };
  const second = schedule.next(first) ?? Infinity;
  const missed = Math.floor((nowMs - first) / (second - first)) + 1;
  // Far behind: begin the search shortly before now.
  let dueMs = missed > 2 ? (schedule.next(first + (missed - 2) * (second - first) - 1) ?? first) : first;
  if (dueMs > nowMs) dueMs = first;
  for (let step = 0; step < MAX_STEPS; step++) {
    const next = schedule.next(dueMs);
    if (next === undefined || next > nowMs) break;
    dueMs = next;
  }
  return { dueMs, missed };
}

function surplusJobs({ spec }: CronJob, jobs: Job[]): Job[] {
  const beyond = (ended: Job[], limit: number): Job[] => ended.sort((a, b) => timestampMs(a.status?.startTime) - timestampMs(b.status?.startTime)).slice(0, Math.max(0, ended.length - limit));
  const ended = jobs.filter(isEnded);
  return [...beyond(ended.filter(isComplete), spec?.successfulJobsHistoryLimit ?? 3), ...beyond(ended.filter((job) => !isComplete(job)), spec?.failedJobsHistoryLimit ?? 1)];
}

function isComplete({ status }: Job): boolean {
  return findCondition(status?.conditions, 'Complete')?.status === 'True';
}

/** Deterministic: the same moment makes the same job. */
export function scheduledJob(cron: CronJob, dueMs: number, reference: NonNullable<Job['metadata']['ownerReferences']>[number]): Job {
  const { metadata, spec } = cron.spec?.jobTemplate ?? {};
  const { name = '', namespace } = cron.metadata;
  return {
    metadata: {
      name: `${name}-${Math.floor(dueMs / 60_000)}`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(metadata?.labels === undefined ? {} : { labels: { ...metadata.labels } }),
      annotations: { ...metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': formatTime(dueMs) },
      ownerReferences: [reference],
    },
    ...(spec === undefined ? {} : { spec: structuredClone(spec) }),
  };
}

export function referenceOf({ metadata: { name, namespace, uid, resourceVersion } }: Job): NonNullable<CronJobStatus['active']>[number] {
  return { kind: 'Job', apiVersion: 'batch/v1', name, namespace, uid, resourceVersion } as NonNullable<CronJobStatus['active']>[number];
}
