import { inNamespace } from './ownership.ts';
import { DEPLOYMENTS, POD_DISRUPTION_BUDGETS, PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, STATEFUL_SETS } from './resources.ts';
import { after, DONE } from './runtime/controller.ts';
import { keyOf, nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import type { Deployment, Pod, PodDisruptionBudget } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';
import { budgetStatus, nextForgettingMs } from '#core/disruption/budget';
import { budgetsOf } from '#core/disruption/eviction';
import { controllerOf } from '#core/owner';
import { isPodReady } from '#core/pod-state';

const SCALED = [REPLICA_SETS, REPLICATION_CONTROLLERS, STATEFUL_SETS];

/** Keeps, for each disruption budget, how many of its pods may be evicted now. */
export const disruptionController: Controller = {
  name: 'controllermanager',
  sources: [
    { resource: POD_DISRUPTION_BUDGETS, cold: true, keys: (change) => [change.key] },
    { resource: PODS, keys: budgetsOfPod },
    ...[DEPLOYMENTS, ...SCALED].map((resource) => ({ resource, cold: true, keys: budgetsBeside })),
  ],
  reconcile,
};

async function reconcile(key: string, { view, clock, events }: ReconcileContext): Promise<Outcome> {
  const budget = await view.get<PodDisruptionBudget>(POD_DISRUPTION_BUDGETS, nameOf(key));
  if (budget === undefined) return DONE;
  const selector = labelSelectorOf(budget.spec?.selector);
  const pods = await view.list<Pod>(PODS, { ...inNamespace(budget), matches: ({ metadata }) => selector.matches(metadata.labels) });
  if (pods.length === 0 && budget.status?.observedGeneration !== budget.metadata.generation) events.record(budget, { type: 'Normal', reason: 'NoPods', message: 'No matching pods found' });
  const status = budgetStatus({ budget, pods, wanted: await wantedPods(pods, view), nowMs: clock.now() });
  await updateStatus(view, POD_DISRUPTION_BUDGETS, { object: budget, status });
  return after(nextForgettingMs(status, clock.now()));
}

async function wantedPods(pods: Pod[], view: ClusterView): Promise<number> {
  const owners = new Map(pods.flatMap((pod) => { const owner = controllerOf(pod); return owner === undefined ? [] : [[owner.uid, { ...owner, namespace: pod.metadata.namespace }] as const]; }));
  const deployments = new Map<string, number>();
  let total = 0;
  for (const { kind, name, uid, namespace } of owners.values()) {
    const resource = SCALED.find((one) => one.kind === kind);
    const owner = resource === undefined ? undefined : await view.get<Deployment>(resource, { namespace, name });
    if (owner === undefined || owner.metadata.uid !== uid) continue;
    const above = controllerOf(owner);
    const deployment = above?.kind === DEPLOYMENTS.kind ? await view.get<Deployment>(DEPLOYMENTS, { namespace, name: above.name }) : undefined;
    // Two replica sets of one rollout are one application.
    if (deployment === undefined) total += owner.spec?.replicas ?? 1;
    else deployments.set(deployment.metadata.uid ?? '', deployment.spec?.replicas ?? 1);
  }
  return [...deployments.values()].reduce((sum, replicas) => sum + replicas, total);
}

async function budgetsOfPod({ object, previous, namespace }: ObjectChange<Pod>, view: ClusterView): Promise<string[]> {
  if (namespace === undefined || (object !== undefined && previous !== undefined && isEqual(faceOf(object), faceOf(previous)))) return [];
  const budgets = await view.list<PodDisruptionBudget>(POD_DISRUPTION_BUDGETS, { namespace });
  const concerned = [object, previous].flatMap((pod) => (pod === undefined ? [] : budgetsOf(pod, budgets)));
  return [...new Set(concerned)].map(({ metadata }) => keyOf(namespace, metadata.name ?? ''));
}

function faceOf(pod: Pod): unknown {
  return [pod.metadata.labels, pod.metadata.deletionTimestamp, isPodReady(pod), pod.metadata.ownerReferences];
}

async function budgetsBeside({ object, previous }: ObjectChange<KubeObject>, view: ClusterView): Promise<string[]> {
  const changed = object ?? previous;
  if (changed === undefined || replicasOf(object) === replicasOf(previous)) return [];
  const budgets = await view.list(POD_DISRUPTION_BUDGETS, inNamespace(changed));
  return budgets.map(({ metadata }) => keyOf(metadata.namespace, metadata.name ?? ''));
}

function replicasOf(object: KubeObject | undefined): number | undefined {
  return (object as Deployment | undefined)?.spec?.replicas;
}
