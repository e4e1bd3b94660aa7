import { createPods } from './pod-writes.ts';
import { claimedPods, inNamespace, ownersOf, referenceTo } from './ownership.ts';
import { JOBS, PODS } from './resources.ts';
import { allBounded } from './runtime/bounded.ts';
import { after, DONE } from './runtime/controller.ts';
import { updateIfThere } from './runtime/cluster-view.ts';
import { nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { OwnerKind } from './ownership.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { Job, Pod } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';
import { withoutFinalizer } from '#core/garbage/owners';
import { isEnded } from '#core/job/end';
import { planJob } from '#core/job/plan';
import { isTracked, jobPod, TRACKING } from '#core/job/pods';
import { findCondition } from '#core/conditions';
import { controllerOf } from '#core/owner';
import { timestampMs } from '#core/timestamp';

const KIND: OwnerKind<Job> = { resource: JOBS, selectorOf: ({ spec }) => labelSelectorOf(spec?.selector) };

/** Runs pods until enough of them have ended well. */
export const jobController: Controller = {
  name: 'job-controller',
  sources: [
    { resource: JOBS, cold: true, keys: (change) => [change.key] },
    { resource: PODS, keys: ownersOf(KIND) },
  ],
  reconcile,
};

async function reconcile(key: string, context: ReconcileContext): Promise<Outcome> {
  const { view, clock, events } = context;
  const name = nameOf(key);
  const job = await view.get<Job>(JOBS, name);
  if (job?.spec?.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller') return DONE;
  if (job === undefined || job.metadata.deletionTimestamp !== undefined) return releaseAll(name, view);
  const pods = await claimedPods(view, job, KIND);
  const plan = planJob(job, pods, clock.now());
  const reference = referenceTo(job, KIND);
  const failures = await createPods(job, plan.create.map((wanted) => jobPod(job, reference, wanted)), context);
  // Deleted before the status says that they go: a status that promised it would count them twice.
  await allBounded(plan.remove, ({ metadata }) => view.remove(PODS, { namespace: metadata.namespace, name: metadata.name ?? '' }, { preconditions: { uid: metadata.uid ?? '' } }));
  for (const { metadata } of plan.remove) events.record(job, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${metadata.name}` });
  const created = failures.length === 0 ? plan.create.length : 0;
  await updateStatus(view, JOBS, { object: job, status: created > 0 ? { ...plan.status, active: (plan.status.active ?? 0) + created } : plan.status });
  for (const event of plan.events) events.record(job, event);
  await allBounded(plan.release, (pod) => release(pod, view));
  if (failures[0] !== undefined) throw failures[0].error;
  return plan.afterMs === undefined ? expire(job, context) : after(plan.afterMs);
}

/** A finished job goes when its time has come, with all its pods. */
async function expire(job: Job, { view, clock }: ReconcileContext): Promise<Outcome> {
  const seconds = job.spec?.ttlSecondsAfterFinished;
  if (seconds === undefined || !isEnded(job)) return DONE;
  const ended = findCondition(job.status?.conditions, 'Complete') ?? findCondition(job.status?.conditions, 'Failed');
  const waitMs = timestampMs(ended?.lastTransitionTime) + seconds * 1000 - clock.now();
  if (waitMs > 0) return after(waitMs);
  const { namespace, name = '', uid = '' } = job.metadata;
  await view.remove(JOBS, { namespace, name }, { preconditions: { uid }, propagationPolicy: 'Foreground' });
  return DONE;
}

// Nobody counts any more.
async function releaseAll({ namespace, name }: { namespace: string | undefined; name: string }, view: ClusterView): Promise<Outcome> {
  const isOrphan = (pod: Pod): boolean => isTracked(pod) && controllerOf(pod)?.kind === JOBS.kind && controllerOf(pod)?.name === name;
  const pods = await view.list<Pod>(PODS, { ...inNamespace({ metadata: namespace === undefined ? {} : { namespace } }), matches: isOrphan });
  await allBounded(pods, (pod) => release(pod, view));
  return DONE;
}

async function release(pod: Pod, view: ClusterView): Promise<void> {
  await updateIfThere(view, PODS, { object: pod, change: (current) => withoutFinalizer(current, TRACKING) });
}
