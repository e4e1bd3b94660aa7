import { claimedPods, controllersOf, ownersOf, referenceTo } from './ownership.ts';
import { CONTROLLER_REVISIONS, PERSISTENT_VOLUME_CLAIMS, PODS, STATEFUL_SETS } from './resources.ts';
import { forgetRevisions, syncRevisions } from './revisions.ts';
import { after, DONE } from './runtime/controller.ts';
import { nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { OwnerKind } from './ownership.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import { templateOf } from '#api/controller-revision';
import { errorText } from '#api/error-text';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { ControllerRevision, Pod, StatefulSet } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';
import { ownerReference } from '#core/owner';
import { revisionHashOf } from '#core/revisions/revision';
import { claimsOf, identityPod, ordinalOf } from '#core/statefulset/pods';
import { planStatefulSet } from '#core/statefulset/plan';
import type { StatefulSetPlan } from '#core/statefulset/plan';
import { claimNamesOf } from '#core/volumes/pod-claims';
import { hasCode } from '#ports/errors';

const KIND: OwnerKind<StatefulSet> = { resource: STATEFUL_SETS, selectorOf: ({ spec }) => labelSelectorOf(spec?.selector) };
const HASH_LABEL = 'controller.kubernetes.io/hash';

/** Pods with names of their own, in order, each with its own storage. */
export const statefulSetController: Controller = {
  name: 'statefulset-controller',
  sources: [
    { resource: STATEFUL_SETS, cold: true, keys: (change) => [change.key] },
    { resource: PODS, keys: ownersOf(KIND) },
    { resource: CONTROLLER_REVISIONS, cold: true, keys: (change) => (change.by === 'loop' ? [] : controllersOf(change, STATEFUL_SETS)) },
  ],
  reconcile,
};

async function reconcile(key: string, context: ReconcileContext): Promise<Outcome> {
  const { view, clock } = context;
  const set = await view.get<StatefulSet>(STATEFUL_SETS, nameOf(key));
  if (set === undefined) return DONE;
  const pods = (await claimedPods(view, set, KIND)).filter((pod) => ordinalOf(set, pod) !== undefined);
  if (set.metadata.deletionTimestamp !== undefined) return DONE;
  const { revisions, update } = await syncRevisions(view, set, { kind: KIND, hashLabel: HASH_LABEL });
  const known = revisions.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
  const plan = planStatefulSet({ set, pods, current: known.metadata.name ?? '', update: update.metadata.name ?? '', nowMs: clock.now() });
  await removePods(set, plan, context);
  for (const { ordinal, revision } of plan.create) {
    const from = revision === known.metadata.name ? known : update;
    await createPod(set, { ordinal, revision: from }, context);
  }
  await updateStatus(view, STATEFUL_SETS, { object: set, status: withCreated(plan, update) });
  const live = new Set([known.metadata.name ?? '', update.metadata.name ?? '', ...pods.map(revisionHashOf)]);
  await forgetRevisions(view, set, { revisions, live });
  return after(plan.afterMs);
}

async function createPod(set: StatefulSet, { ordinal, revision }: { ordinal: number; revision: ControllerRevision }, { view, events }: ReconcileContext): Promise<void> {
  const reference = referenceTo(set, KIND);
  const name = set.metadata.name ?? '';
  const pod = identityPod(set, { ordinal, template: templateOf(revision), revision: revision.metadata.name ?? '', reference });
  const what = `Pod ${pod.metadata.name} in StatefulSet ${name}`;
  try {
    for (const claim of claimsOf(set, ordinal, reference)) {
      if (await createIfMissing(view, PERSISTENT_VOLUME_CLAIMS, claim)) events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `Create Claim ${claim.metadata.name} ${what} success` });
    }
    if (await createIfMissing(view, PODS, pod)) events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message: `Create ${what} successful` });
  } catch (error) {
    if (!hasCode(error, 'Forbidden')) events.record(set, { type: 'Warning', reason: 'FailedCreate', message: `Create ${what} failed error: ${errorText(error)}` });
    throw error;
  }
}

/** False: it is there already. A pod of that name that is somebody else's holds the set up until it is gone. */
async function createIfMissing(view: ReconcileContext['view'], resource: ApiResource, object: KubeObject): Promise<boolean> {
  const { namespace, name = '' } = object.metadata;
  if (resource === PERSISTENT_VOLUME_CLAIMS && (await view.get(resource, { namespace, name })) !== undefined) return false;
  await view.create(resource, object);
  return true;
}

async function removePods(set: StatefulSet, { remove, condemned, failed }: StatefulSetPlan, context: ReconcileContext): Promise<void> {
  const { view, events } = context;
  for (const pod of remove) {
    const { namespace, name = '', uid = '' } = pod.metadata;
    if (failed.includes(pod)) events.record(set, { type: 'Warning', reason: 'RecreatingFailedPod', message: `StatefulSet ${namespace}/${set.metadata.name} is recreating failed Pod ${name}` });
    if (condemned.includes(pod) && set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete') await condemnClaims(set, pod, context);
    await view.remove(PODS, { namespace, name }, { preconditions: { uid } });
    events.record(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `Delete Pod ${name} in StatefulSet ${set.metadata.name} successful` });
  }
}

// They go when the pod does, and no longer wait for the set: the garbage collector sees to it.
async function condemnClaims(set: StatefulSet, pod: Pod, { view }: ReconcileContext): Promise<void> {
  const reference = ownerReference(pod, { apiVersion: 'v1', kind: 'Pod' });
  for (const name of claimNamesOf(pod)) {
    const { namespace } = pod.metadata;
    if ((await view.get(PERSISTENT_VOLUME_CLAIMS, { namespace, name })) === undefined) continue;
    await view.update(PERSISTENT_VOLUME_CLAIMS, { namespace, name }, (claim) => {
      const owners = (claim.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== reference.uid && uid !== set.metadata.uid);
      return { ...claim, metadata: { ...claim.metadata, ownerReferences: [...owners, reference] } };
    });
  }
}

function withCreated({ status, create }: StatefulSetPlan, update: ControllerRevision): StatefulSetPlan['status'] {
  if (create.length === 0) return status;
  const updated = create.filter(({ revision }) => revision === update.metadata.name).length;
  const current = create.filter(({ revision }) => revision === status.currentRevision).length;
  const grown = (count: number | undefined, more: number): number => (count ?? 0) + more;
  return {
    ...status,
    replicas: status.replicas + create.length,
    ...(updated === 0 ? {} : { updatedReplicas: grown(status.updatedReplicas, updated) }),
    ...(current === 0 ? {} : { currentReplicas: grown(status.currentReplicas, current) }),
  };
}
