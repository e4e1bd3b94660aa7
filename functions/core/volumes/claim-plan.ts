import { findVolume, isClaimedBy, mismatch, storageClassOf } from './matching.ts';
import { LOCAL_PROVISIONER } from './local-volume.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '#api/schema/kinds.generated';

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** Where the scheduler wants the first pod of a claim that waits for one. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

export interface VolumeEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

export type ClaimPlan =
  | { action: 'bind'; volume: PersistentVolume }
  | { action: 'wait'; event?: VolumeEvent }
  | { action: 'provision'; storageClass: StorageClass }
  | { action: 'lose'; event: VolumeEvent };

export interface ClaimView {
  claim: PersistentVolumeClaim;
  volumes: PersistentVolume[];
  /** The class that the claim names, if there is such a one. */
  storageClass: StorageClass | undefined;
  /** A pod that uses the claim and has no node yet. */
  waitingPod?: string | undefined;
}

export function planClaim(view: ClaimView): ClaimPlan {
  if (view.claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return planBound(view);
  return view.claim.spec?.volumeName ? planPrebound(view, view.claim.spec.volumeName) : planUnbound(view);
}

function planUnbound({ claim, volumes, storageClass, waitingPod }: ClaimView): ClaimPlan {
  const isDelayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && selectedNode(claim) === undefined;
  const volume = findVolume(claim, volumes, { isDelayed });
  if (volume !== undefined) return { action: 'bind', volume };
  const name = storageClassOf(claim);
  if (isDelayed) {
    if (waitingPod !== undefined) return wait('WaitForPodScheduled', `waiting for pod ${waitingPod} to be scheduled`);
    return wait('WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  }
  if (name === '') return wait('FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  if (storageClass === undefined) return { action: 'wait', event: { type: 'Warning', reason: 'ProvisioningFailed', message: `storageclass.storage.k8s.io "${name}" not found` } };
  if (storageClass.provisioner === LOCAL_PROVISIONER) return { action: 'provision', storageClass };
  if (storageClass.provisioner === 'kubernetes.io/no-provisioner') return { action: 'wait' };
  const how = `either by the external provisioner '${storageClass.provisioner}' or manually by the system administrator`;
  return wait('ExternalProvisioning', `Waiting for a volume to be created ${how}. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`);
}

// The user named the volume: it may have to appear first, and must then be free and fit.
function planPrebound({ claim, volumes }: ClaimView, name: string): ClaimPlan {
  const volume = volumes.find(({ metadata }) => metadata.name === name);
  if (volume === undefined) return { action: 'wait' };
  if (volume.spec?.claimRef === undefined) {
    const why = mismatch(volume, claim);
    return why === undefined ? { action: 'bind', volume } : { action: 'wait', event: { type: 'Warning', reason: 'VolumeMismatch', message: `Cannot bind to requested volume "${name}": ${why}` } };
  }
  if (isClaimedBy(volume, claim)) return { action: 'bind', volume };
  return { action: 'wait', event: { type: 'Warning', reason: 'FailedBinding', message: `volume "${name}" already bound to a different claim.` } };
}

function planBound({ claim, volumes }: ClaimView): ClaimPlan {
  const name = claim.spec?.volumeName ?? '';
  if (name === '') return lose('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  const volume = volumes.find(({ metadata }) => metadata.name === name);
  if (volume === undefined) return lose('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  if (volume.spec?.claimRef === undefined || isClaimedBy(volume, claim)) return { action: 'bind', volume };
  return lose('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

export function selectedNode({ metadata }: PersistentVolumeClaim): string | undefined {
  return metadata.annotations?.[SELECTED_NODE];
}

function wait(reason: string, message: string): ClaimPlan {
  return { action: 'wait', event: { type: 'Normal', reason, message } };
}

function lose(reason: string, message: string): ClaimPlan {
  return { action: 'lose', event: { type: 'Warning', reason, message } };
}

/** The volume's half of a binding; the same object when it is there already. */
export function volumeBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const ref = volume.spec?.claimRef;
  if (ref !== undefined && ref.uid === uid) return volume;
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion } as NonNullable<typeof ref>;
  // Who wrote the reference decides who may take it back.
  const annotations = ref === undefined ? { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } : volume.metadata.annotations;
  return { ...volume, metadata: { ...volume.metadata, ...(annotations === undefined ? {} : { annotations }) }, spec: { ...volume.spec, claimRef } };
}

/** The claim's half. */
export function claimBoundTo(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const known = claim.metadata.annotations;
  const isNamed = Boolean(claim.spec?.volumeName);
  if (isNamed && known?.[BIND_COMPLETED] !== undefined) return claim;
  const annotations = { ...known, [BIND_COMPLETED]: 'yes', ...(isNamed ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }) };
  return { ...claim, metadata: { ...claim.metadata, annotations }, spec: { ...claim.spec, volumeName: volume.metadata.name ?? '' } };
}
