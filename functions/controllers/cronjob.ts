import { controllersOf, inNamespace, referenceTo } from './ownership.ts';
import { CRON_JOBS, JOBS } from './resources.ts';
import { after, DONE } from './runtime/controller.ts';
import { nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import { errorText } from '#api/error-text';
import type { CronJob, Job } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';
import { planCronJob, referenceOf, scheduledJob } from '#core/cronjob/plan';
import { controllerOf } from '#core/owner';
import { hasCode } from '#ports/errors';

/** Makes jobs when their time comes. Between two of them it sleeps: the next moment is one of the loop's due times. */
export const cronJobController: Controller = {
  name: 'cronjob-controller',
  sources: [
    { resource: CRON_JOBS, cold: true, keys: (change) => [change.key] },
    { resource: JOBS, cold: true, keys: (change) => controllersOf(change, CRON_JOBS) },
  ],
  reconcile,
};

async function reconcile(key: string, context: ReconcileContext): Promise<Outcome> {
  const { view, clock, events } = context;
  const cron = await view.get<CronJob>(CRON_JOBS, nameOf(key));
  if (cron === undefined) return DONE;
  const jobs = await view.list<Job>(JOBS, { ...inNamespace(cron), matches: (job) => controllerOf(job)?.uid === cron.metadata.uid });
  const plan = planCronJob(cron, jobs, clock.now());
  for (const event of plan.events) events.record(cron, event);
  for (const job of [...plan.forget, ...plan.replace]) await removeJob(cron, job, context);
  const started = plan.startAtMs === undefined ? undefined : await startJob(cron, plan.startAtMs, context);
  const status = { ...plan.status };
  if (plan.replace.length > 0) status.active = (status.active ?? []).filter(({ uid }) => !plan.replace.some(({ metadata }) => metadata.uid === uid));
  if (started !== undefined && plan.startAtMs !== undefined) {
    status.active = [...(status.active ?? []).filter(({ uid }) => uid !== started.metadata.uid), referenceOf(started)];
    status.lastScheduleTime = formatTime(plan.startAtMs);
  }
  await updateStatus(view, CRON_JOBS, { object: cron, status });
  return after(plan.afterMs);
}

async function startJob(cron: CronJob, dueMs: number, { view, events }: ReconcileContext): Promise<Job | undefined> {
  const job = scheduledJob(cron, dueMs, referenceTo(cron, { resource: CRON_JOBS }));
  try {
    const created = await view.create<Job>(JOBS, job);
    events.record(cron, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${created.metadata.name}` });
    return created;
  } catch (error) {
    // Made before, by a run that did not live to say so.
    if (hasCode(error, 'AlreadyExists')) return view.get<Job>(JOBS, { namespace: job.metadata.namespace, name: job.metadata.name ?? '' });
    if (!hasCode(error, 'Forbidden')) events.record(cron, { type: 'Warning', reason: 'FailedCreate', message: `Error creating job: ${errorText(error)}` });
    throw error;
  }
}

async function removeJob(cron: CronJob, { metadata: { namespace, name = '', uid = '' } }: Job, { view, events }: ReconcileContext): Promise<void> {
  await view.remove(JOBS, { namespace, name }, { preconditions: { uid }, propagationPolicy: 'Background' });
  events.record(cron, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted job ${name}` });
}
