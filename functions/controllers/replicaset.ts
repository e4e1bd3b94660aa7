import { DEPLOYMENTS, PODS, REPLICA_SETS } from './resources.ts';
import { adopt, release } from './runtime/adoption.ts';
import { after, DONE } from './runtime/controller.ts';
import { keyOf, latest, nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import type { Pod, ReplicaSet } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';
import { claimDependents, controllerOf, controllerReference } from '#core/owner';
import { nextAvailabilityMs } from '#core/pod-state';
import { planReplicas, slowStartBatches } from '#core/replicaset/replicas';
import { replicaSetStatus } from '#core/replicaset/status';
import type { ReplicaFailure } from '#core/replicaset/status';
import { hasCode } from '#ports/errors';

const KIND = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };

/** Keeps as many pods as a replica set wants. */
export const replicaSetController: Controller = {
  name: 'replicaset-controller',
  sources: [
    { resource: REPLICA_SETS, keys: (change) => [change.key] },
    { resource: PODS, keys: keysOfPod },
  ],
  reconcile,
};

async function reconcile(key: string, context: ReconcileContext): Promise<Outcome> {
  const { view, clock } = context;
  const set = await view.get<ReplicaSet>(REPLICA_SETS, nameOf(key));
  if (set === undefined) return DONE;
  const failures: Failure[] = [];
  const pods = await claimedPods(set, view);
  const plan = planReplicas(set, pods, mustChoose(set, pods) ? await siblings(set, view) : []);
  if (plan.create > 0) failures.push(...(await createPods(set, plan.create, context)));
  if (plan.remove.length > 0) failures.push(...(await deletePods(set, plan.remove, context)));

  const changed = plan.create > 0 || plan.remove.length > 0;
  const nowMs = clock.now();
  const current = changed ? await ownedPods(set, view) : pods;
  await updateStatus(view, REPLICA_SETS, { object: set, status: replicaSetStatus(set, current, { failure: failures[0], nowMs }) });
  if (failures[0] !== undefined) throw failures[0].error;
  return after(nextAvailabilityMs(current, set.spec?.minReadySeconds ?? 0, nowMs));
}

interface Failure extends ReplicaFailure {
  error: unknown;
}

async function createPods(set: ReplicaSet, count: number, { view, events }: ReconcileContext): Promise<Failure[]> {
  for (const size of slowStartBatches(count)) {
    const results = await Promise.allSettled(Array.from({ length: size }, () => view.create<Pod>(PODS, podOf(set))));
    const failures: Failure[] = [];
    for (const result of results) {
      if (result.status === 'fulfilled') {
        events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${result.value.metadata.name}` });
      } else if (hasCode(result.reason, 'Forbidden')) {
        return []; // The namespace is going away, and the replica set with it.
      } else {
        const message = messageOf(result.reason);
        events.record(set, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${message}` });
        failures.push({ reason: 'FailedCreate', message, error: result.reason });
      }
    }
    if (failures.length > 0) return failures;
  }
  return [];
}

async function deletePods(set: ReplicaSet, pods: Pod[], { view, events }: ReconcileContext): Promise<Failure[]> {
  const failures = await Promise.all(
    pods.map(async ({ metadata: { name = '', uid, namespace } }): Promise<Failure[]> => {
      try {
        await view.remove(PODS, { namespace, name }, uid === undefined ? {} : { preconditions: { uid } });
        events.record(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${name}` });
        return [];
      } catch (error) {
        const message = messageOf(error);
        events.record(set, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${message}` });
        return [{ reason: 'FailedDelete', message, error }];
      }
    }),
  );
  return failures.flat();
}

function podOf(set: ReplicaSet): Pod {
  const template = set.spec?.template;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  const { namespace, name } = set.metadata;
  return {
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(set, KIND)],
    },
    ...(template?.spec === undefined ? {} : { spec: structuredClone(template.spec) }),
  };
}

async function claimedPods(set: ReplicaSet, view: ClusterView): Promise<Pod[]> {
  const selector = labelSelectorOf(set.spec?.selector);
  const candidates = await view.list<Pod>(PODS, {
    ...inNamespace(set),
    matches: (pod) => controllerOf(pod)?.uid === set.metadata.uid || selector.matches(pod.metadata.labels),
  });
  const claimed = claimDependents(set, candidates, (pod) => selector.matches(pod.metadata.labels));
  const adopted = await Promise.all(claimed.adopt.map((pod) => adopt(view, PODS, { object: pod, reference: controllerReference(set, KIND) })));
  await Promise.all(claimed.release.map((pod) => release(view, PODS, { object: pod, ownerUid: set.metadata.uid ?? '' })));
  return [...claimed.owned, ...adopted.filter((pod) => pod !== undefined)];
}

async function ownedPods(set: ReplicaSet, view: ClusterView): Promise<Pod[]> {
  return view.list<Pod>(PODS, { ...inNamespace(set), matches: (pod) => controllerOf(pod)?.uid === set.metadata.uid });
}

// Only a choice among pods asks where their relatives are.
function mustChoose(set: ReplicaSet, pods: Pod[]): boolean {
  return pods.length > (set.spec?.replicas ?? 1) && controllerOf(set)?.kind === DEPLOYMENTS.kind;
}

async function siblings(set: ReplicaSet, view: ClusterView): Promise<Pod[]> {
  const owner = controllerOf(set)?.uid;
  const sets = await view.list(REPLICA_SETS, { ...inNamespace(set), matches: (other) => controllerOf(other)?.uid === owner });
  const uids = new Set(sets.map(({ metadata }) => metadata.uid));
  return view.list<Pod>(PODS, { ...inNamespace(set), matches: (pod) => uids.has(controllerOf(pod)?.uid) });
}

async function keysOfPod(change: ObjectChange<KubeObject>, view: ClusterView): Promise<string[]> {
  const { object, previous } = change as ObjectChange<Pod>;
  const owners = [object, previous].flatMap((pod) => (pod === undefined ? [] : (controllerOf(pod) ?? []))).filter(({ kind }) => kind === REPLICA_SETS.kind);
  if (owners.length > 0) return [...new Set(owners.map(({ name }) => keyOf(change.namespace, name)))];
  if (object === undefined || controllerOf(object) !== undefined) return [];
  if (previous !== undefined && isEqual(object.metadata.labels, previous.metadata.labels)) return [];
  const labels = latest(change)?.metadata.labels;
  const sets = await view.list<ReplicaSet>(REPLICA_SETS, inNamespace(object));
  return sets.filter((set) => labelSelectorOf(set.spec?.selector).matches(labels)).map(({ metadata }) => keyOf(metadata.namespace, metadata.name ?? ''));
}

function inNamespace({ metadata: { namespace } }: KubeObject): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

function messageOf(error: unknown): string {
  if (hasCode(error, 'Invalid') && error.detail.fields !== undefined) return error.detail.fields.map(({ field, message }) => `${field}: ${message}`).join(', ');
  return error instanceof Error ? error.message : String(error);
}
