import { NODES, PERSISTENT_VOLUME_CLAIMS, PERSISTENT_VOLUMES, PODS, STORAGE_CLASSES } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import { keyOf, nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '#api/schema/kinds.generated';
import { findCondition } from '#core/conditions';
import { claimBoundTo, planClaim, selectedNode, volumeBoundTo } from '#core/volumes/claim-plan';
import { localVolume } from '#core/volumes/local-volume';
import { storageClassOf } from '#core/volumes/matching';
import { claimNamesOf } from '#core/volumes/pod-claims';
import { planVolume, unbound, volumeStatus } from '#core/volumes/volume-plan';
import { hasCode } from '#ports/errors';

/**
 * Brings claims and volumes together, provisions those of the local class, and decides what becomes of a volume whose claim has gone.
 * Keys: `claim/<namespace>/<name>`, `volume/<name>`. A binding is four writes; each that is missing is written again, in the same order.
 */
export const persistentVolumeController: Controller = {
  name: 'persistentvolume-controller',
  sources: [
    { resource: PERSISTENT_VOLUME_CLAIMS, cold: true, keys: keysOfClaim },
    { resource: PERSISTENT_VOLUMES, cold: true, keys: keysOfVolume },
    { resource: STORAGE_CLASSES, cold: true, keys: (change, view) => waitingClaims(view, (claim) => storageClassOf(claim) === change.name) },
    { resource: PODS, keys: ({ object, previous, namespace }) => (object === undefined || previous !== undefined ? [] : claimNamesOf(object as Pod).map((name) => `claim/${keyOf(namespace, name)}`)) },
  ],
  reconcile: (key, context) => (key.startsWith('claim/') ? reconcileClaim(key.slice('claim/'.length), context) : reconcileVolume(key.slice('volume/'.length), context)),
};

async function reconcileClaim(key: string, context: ReconcileContext): Promise<Outcome> {
  const { view, events } = context;
  const claim = await view.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, nameOf(key));
  if (claim === undefined) return DONE;
  const [volumes, storageClass, waitingPod] = await Promise.all([view.list<PersistentVolume>(PERSISTENT_VOLUMES), classOf(claim, view), podWaitingFor(claim, view)]);
  const plan = planClaim({ claim, volumes, storageClass, waitingPod });
  switch (plan.action) {
    case 'bind':
      await bind(claim, plan.volume, context);
      break;
    case 'provision':
      if (claim.metadata.deletionTimestamp === undefined) await provision(claim, plan.storageClass, context);
      break;
    case 'lose':
      if (claim.status?.phase !== 'Lost') events.record(claim, plan.event);
      await setClaimStatus(view, claim, { phase: 'Lost' });
      break;
    case 'wait':
      if (plan.event !== undefined) events.record(claim, plan.event);
      await setClaimStatus(view, claim, { ...claim.status, phase: 'Pending' });
  }
  return DONE;
}

async function bind(claim: PersistentVolumeClaim, found: PersistentVolume, { view, clock }: ReconcileContext): Promise<void> {
  const volume = await written(view, PERSISTENT_VOLUMES, found, volumeBoundTo(found, claim));
  await updateStatus(view, PERSISTENT_VOLUMES, { object: volume, status: volumeStatus(volume, { phase: 'Bound' }, clock.now()) });
  const bound = await written(view, PERSISTENT_VOLUME_CLAIMS, claim, claimBoundTo(claim, volume));
  const { accessModes = [], capacity = {} } = volume.spec ?? {};
  // A volume may have grown since: what the claim has is then what it had until its node has seen to the file system.
  const held = claim.status?.phase === 'Bound' ? (claim.status.capacity ?? capacity) : capacity;
  await setClaimStatus(view, bound, { ...bound.status, phase: 'Bound', accessModes, capacity: held });
}

async function provision(claim: PersistentVolumeClaim, storageClass: StorageClass, { view, events }: ReconcileContext): Promise<void> {
  const node = await nodeFor(claim, view);
  if (node === undefined) return;
  const volume = localVolume(claim, storageClass, node);
  try {
    await view.create(PERSISTENT_VOLUMES, volume);
  } catch (error) {
    if (!hasCode(error, 'AlreadyExists')) throw error;
  }
  events.record(claim, { type: 'Normal', reason: 'ProvisioningSucceeded', message: `Successfully provisioned volume ${volume.metadata.name}` });
}

// A class that binds at once leaves the choice to us: the pods then follow the volume.
async function nodeFor(claim: PersistentVolumeClaim, view: ClusterView): Promise<Node | undefined> {
  const name = selectedNode(claim);
  if (name !== undefined) return view.get<Node>(NODES, { name });
  const nodes = await view.list<Node>(NODES);
  return nodes.find(({ spec, status }) => spec?.unschedulable !== true && findCondition(status?.conditions, 'Ready')?.status === 'True');
}

async function reconcileVolume(name: string, { view, clock, events }: ReconcileContext): Promise<Outcome> {
  const volume = await view.get<PersistentVolume>(PERSISTENT_VOLUMES, { name });
  if (volume === undefined) return DONE;
  const ref = volume.spec?.claimRef;
  const named = ref?.uid ? await view.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, { namespace: ref.namespace, name: ref.name ?? '' }) : undefined;
  const claim = named?.metadata.uid === ref?.uid ? named : undefined;
  const plan = planVolume(volume, claim);
  if (plan.event !== undefined && volume.status?.phase !== plan.phase) events.record(volume, plan.event);
  const current = plan.action === 'unbind' ? await written(view, PERSISTENT_VOLUMES, volume, unbound(volume)) : volume;
  await updateStatus(view, PERSISTENT_VOLUMES, { object: current, status: volumeStatus(current, plan, clock.now()) });
  if (plan.action === 'delete' && volume.metadata.deletionTimestamp === undefined) await view.remove(PERSISTENT_VOLUMES, { name }, { preconditions: { uid: volume.metadata.uid ?? '' } });
  return DONE;
}

async function classOf(claim: PersistentVolumeClaim, view: ClusterView): Promise<StorageClass | undefined> {
  const name = storageClassOf(claim);
  return name === '' ? undefined : view.get<StorageClass>(STORAGE_CLASSES, { name });
}

async function podWaitingFor({ metadata, spec }: PersistentVolumeClaim, view: ClusterView): Promise<string | undefined> {
  if (spec?.volumeName || metadata.namespace === undefined) return undefined;
  const [pod] = await view.list<Pod>(PODS, { namespace: metadata.namespace, matches: (one) => !(one as Pod).spec?.nodeName && claimNamesOf(one).includes(metadata.name ?? '') });
  return pod?.metadata.name;
}

async function setClaimStatus(view: ClusterView, claim: PersistentVolumeClaim, status: NonNullable<PersistentVolumeClaim['status']>): Promise<void> {
  await updateStatus(view, PERSISTENT_VOLUME_CLAIMS, { object: claim, status });
}

// With the version that was judged.
async function written<T extends KubeObject>(view: ClusterView, resource: typeof PERSISTENT_VOLUMES, before: T, next: T): Promise<T> {
  if (isEqual(before, next)) return before;
  const { namespace, name = '' } = before.metadata;
  return view.update<T>(resource, { namespace, name }, () => next);
}

// A claim's fate is its volume's: both look again.
function keysOfClaim({ object, previous, key }: ObjectChange<PersistentVolumeClaim>): string[] {
  const volumes = [object, previous].flatMap((claim) => claim?.spec?.volumeName || []);
  return [...(object === undefined ? [] : [`claim/${key}`]), ...[...new Set(volumes)].map((name) => `volume/${name}`)];
}

async function keysOfVolume({ object, previous, name }: ObjectChange<PersistentVolume>, view: ClusterView): Promise<string[]> {
  const ref = (object ?? previous)?.spec?.claimRef;
  const own = [...(object === undefined ? [] : [`volume/${name}`]), ...(ref?.name === undefined ? [] : [`claim/${keyOf(ref.namespace, ref.name)}`])];
  const isOffered = object !== undefined && object.spec?.claimRef === undefined && object.status?.phase === 'Available';
  const claims = isOffered || object === undefined || previous === undefined ? await waitingClaims(view, (claim) => isOffered || claim.spec?.volumeName === name) : [];
  return [...new Set([...own, ...claims])];
}

async function waitingClaims(view: ClusterView, concerns: (claim: PersistentVolumeClaim) => boolean): Promise<string[]> {
  const claims = await view.list<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS);
  return claims.filter(concerns).map(({ metadata }) => `claim/${keyOf(metadata.namespace, metadata.name ?? '')}`);
}
