import { createPods, deletePods } from './pod-writes.ts';
import { claimedPods, inNamespace, ownedPods, ownersOf, referenceTo } from './ownership.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS, REPLICATION_CONTROLLERS } from './resources.ts';
import { after, DONE } from './runtime/controller.ts';
import { nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { OwnerKind } from './ownership.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { Pod, ReplicaSet, ReplicationController } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';
import { controllerOf } from '#core/owner';
import { podFromTemplate } from '#core/pod-from-template';
import { nextAvailabilityMs } from '#core/pod-state';
import { planReplicas } from '#core/replicaset/replicas';
import type { ReplicaOwner } from '#core/replicaset/replicas';
import { replicaSetStatus } from '#core/replicaset/status';

/** Keeps as many pods as a replica set wants. */
export const replicaSetController = createReplicaController<ReplicaSet>('replicaset-controller', {
  resource: REPLICA_SETS,
  selectorOf: ({ spec }) => labelSelectorOf(spec?.selector),
});

/** The same for the elder kind, whose selector is plain labels. */
export const replicationController = createReplicaController<ReplicationController>('replication-controller', {
  resource: REPLICATION_CONTROLLERS,
  selectorOf: ({ spec }) => labelSelectorOf({ matchLabels: spec?.selector ?? {} }),
});

function createReplicaController<T extends ReplicaOwner>(name: string, kind: OwnerKind<T>): Controller {
  return {
    name,
    sources: [
      { resource: kind.resource, cold: kind.resource !== REPLICA_SETS, keys: (change) => [change.key] },
      { resource: PODS, keys: ownersOf(kind) },
    ],
    reconcile: (key, context) => reconcile(key, kind, context),
  };
}

async function reconcile<T extends ReplicaOwner>(key: string, kind: OwnerKind<T>, context: ReconcileContext): Promise<Outcome> {
  const { view, clock } = context;
  const set = await view.get<T>(kind.resource, nameOf(key));
  if (set === undefined) return DONE;
  const pods = await claimedPods(view, set, kind);
  const plan = planReplicas(set, pods, mustChoose(set, pods) ? await siblings(set, view) : []);
  const wanted = Array.from({ length: plan.create }, () => podFromTemplate(set, set.spec?.template, referenceTo(set, kind)));
  const failures = [...(await createPods(set, wanted, context)), ...(await deletePods(set, plan.remove, context))];

  const changed = plan.create > 0 || plan.remove.length > 0;
  const nowMs = clock.now();
  const current = changed ? await ownedPods(view, set) : pods;
  const status = replicaSetStatus(set, current, { failure: failures[0], nowMs, countsTerminating: kind.resource === REPLICA_SETS });
  await updateStatus(view, kind.resource, { object: set, status });
  if (failures[0] !== undefined) throw failures[0].error;
  return after(nextAvailabilityMs(current, set.spec?.minReadySeconds ?? 0, nowMs));
}

// Only a choice among pods asks where their relatives are.
function mustChoose(set: ReplicaOwner, pods: Pod[]): boolean {
  return pods.length > (set.spec?.replicas ?? 1) && controllerOf(set)?.kind === DEPLOYMENTS.kind;
}

async function siblings(set: ReplicaOwner, view: ClusterView): Promise<Pod[]> {
  const owner = controllerOf(set)?.uid;
  const sets = await view.list(REPLICA_SETS, { ...inNamespace(set), matches: (other) => controllerOf(other)?.uid === owner });
  const uids = new Set(sets.map(({ metadata }) => metadata.uid));
  return view.list<Pod>(PODS, { ...inNamespace(set), matches: (pod) => uids.has(controllerOf(pod)?.uid) });
}
