import { claimed, inNamespace, ownersOf } from './ownership.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from './resources.ts';
import { after, DONE } from './runtime/controller.ts';
import { keyOf, nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { OwnerKind } from './ownership.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { errorText } from '#api/error-text';
import type { KubeObject } from '#api/object';
import type { Deployment, Pod, ReplicaSet } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';
import { isRollingUpdate } from '#core/deployment/limits';
import { planDeployment } from '#core/deployment/plan';
import type { DeploymentPlan, ReplicaSetChange } from '#core/deployment/plan';
import { progressing } from '#core/deployment/progress';
import { REVISION } from '#core/deployment/revision';
import { replaceDeploymentCondition } from '#core/deployment/status';
import { templateEquals } from '#core/deployment/template';
import { controllerOf } from '#core/owner';
import { hasCode } from '#ports/errors';

const KIND: OwnerKind<Deployment> = { resource: DEPLOYMENTS, selectorOf: ({ spec }) => labelSelectorOf(spec?.selector) };

/** Rolls a deployment out over replica sets, one step a reconcile: each step's writes come back through the log and ask for the next. */
export const deploymentController: Controller = {
  name: 'deployment-controller',
  sources: [
    { resource: DEPLOYMENTS, keys: (change) => [change.key] },
    { resource: REPLICA_SETS, keys: ownersOf(KIND) },
    { resource: PODS, keys: keysOfPod },
  ],
  reconcile,
};

async function reconcile(key: string, context: ReconcileContext): Promise<Outcome> {
  const { view, clock } = context;
  const deployment = await view.get<Deployment>(DEPLOYMENTS, nameOf(key));
  if (deployment === undefined) return DONE;
  const replicaSets = await claimed<ReplicaSet, Deployment>(view, deployment, { kind: KIND, resource: REPLICA_SETS });
  const pods = isRollingUpdate(deployment) ? [] : await selectedPods(deployment, view);
  const podsOf = (set: ReplicaSet): Pod[] => pods.filter((pod) => controllerOf(pod)?.uid === set.metadata.uid);
  const plan = planDeployment({ deployment, replicaSets, podsOf, nowMs: clock.now() });
  return apply(deployment, plan, context);
}

async function apply(deployment: Deployment, plan: DeploymentPlan, context: ReconcileContext): Promise<Outcome> {
  const { view } = context;
  if (plan.create !== undefined && !(await createReplicaSet(deployment, plan.create, context))) return DONE;
  for (const change of plan.changes) await changeReplicaSet(deployment, change, context);
  for (const { metadata } of plan.remove) {
    const { namespace, name = '', uid = '', resourceVersion = '' } = metadata;
    await view.remove(REPLICA_SETS, { namespace, name }, { preconditions: { uid, resourceVersion }, propagationPolicy: 'Background' });
  }
  await report(deployment, plan, view);
  return after(plan.afterMs);
}

async function changeReplicaSet(deployment: Deployment, { set, ...change }: ReplicaSetChange, { view, events }: ReconcileContext): Promise<void> {
  const { namespace, name = '', resourceVersion = '' } = set.metadata;
  await view.update<ReplicaSet>(REPLICA_SETS, { namespace, name }, (current) => ({
    ...current,
    metadata: { ...current.metadata, resourceVersion, annotations: { ...current.metadata.annotations, ...change.annotations } },
    spec: {
      ...current.spec,
      selector: current.spec?.selector ?? {},
      ...(change.replicas === undefined ? {} : { replicas: change.replicas }),
      ...(change.minReadySeconds === undefined ? {} : { minReadySeconds: change.minReadySeconds }),
    },
  }));
  const before = set.spec?.replicas ?? 1;
  if (change.replicas === undefined || change.replicas === before) return;
  const direction = change.replicas > before ? 'up' : 'down';
  events.record(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message: `Scaled ${direction} replica set ${name} from ${before} to ${change.replicas}` });
}

/** False: the plan does not hold any more, the next reconcile makes another. */
async function createReplicaSet(deployment: Deployment, set: ReplicaSet, { view, events, clock }: ReconcileContext): Promise<boolean> {
  try {
    await view.create(REPLICA_SETS, set);
  } catch (error) {
    if (hasCode(error, 'AlreadyExists')) {
      await resolveCollision(deployment, set, view);
      return false;
    }
    const message = errorText(error);
    const failed = progressing('False', 'ReplicaSetCreateError', `Failed to create new replica set "${set.metadata.name}": ${message}`, clock.now());
    await updateStatus(view, DEPLOYMENTS, { object: deployment, status: { ...deployment.status, conditions: replaceDeploymentCondition(deployment.status?.conditions, failed) } });
    throw error;
  }
  const replicas = set.spec?.replicas ?? 0;
  if (replicas > 0) events.record(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message: `Scaled up replica set ${set.metadata.name} from 0 to ${replicas}` });
  return true;
}

// The name is taken: by ourselves a moment ago (then all is well), or by something else (then another name is needed).
async function resolveCollision(deployment: Deployment, set: ReplicaSet, view: ClusterView): Promise<void> {
  const { namespace, name = '' } = set.metadata;
  const existing = await view.get<ReplicaSet>(REPLICA_SETS, { namespace, name });
  if (existing === undefined) return;
  const isOurs = controllerOf(existing)?.uid === deployment.metadata.uid && templateEquals(existing.spec?.template, deployment.spec?.template);
  if (isOurs) return;
  await updateStatus(view, DEPLOYMENTS, { object: deployment, status: { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 } });
}

// The revision goes with the status, as Kubernetes does it: a change of annotations through the object itself would be a new generation.
async function report(deployment: Deployment, { status, revision }: DeploymentPlan, view: ClusterView): Promise<void> {
  if (revision === undefined) return updateStatus(view, DEPLOYMENTS, { object: deployment, status });
  const { namespace, name = '', uid = '' } = deployment.metadata;
  await view.update<Deployment>(
    DEPLOYMENTS,
    { namespace, name },
    (current) => ({ ...current, metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, [REVISION]: revision } }, status }),
    { subresource: 'status', preconditions: { uid } },
  );
}

async function selectedPods(deployment: Deployment, view: ClusterView): Promise<Pod[]> {
  const selector = KIND.selectorOf(deployment);
  return view.list<Pod>(PODS, { ...inNamespace(deployment), matches: (pod) => selector.matches(pod.metadata.labels) });
}

// Recreate waits for the last old pod to go; all else is told by the replica sets' status.
async function keysOfPod({ object, previous, namespace }: ObjectChange<KubeObject>, view: ClusterView): Promise<string[]> {
  if (object !== undefined || previous === undefined) return [];
  const owner = controllerOf(previous);
  if (owner?.kind !== REPLICA_SETS.kind) return [];
  const [set] = await view.list<ReplicaSet>(REPLICA_SETS, { ...inNamespace(previous), matches: ({ metadata }) => metadata.uid === owner.uid });
  const deployment = set === undefined ? undefined : controllerOf(set);
  return deployment?.kind === DEPLOYMENTS.kind ? [keyOf(namespace, deployment.name)] : [];
}
