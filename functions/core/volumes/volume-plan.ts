import { isLocalVolume, PROVISIONED_BY } from './local-volume.ts';
import { BOUND_BY_CONTROLLER } from './claim-plan.ts';
import type { VolumeEvent } from './claim-plan.ts';
import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeStatus } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';

export interface VolumePlan {
  phase: 'Available' | 'Bound' | 'Released' | 'Failed';
  message?: string;
  /** `delete`: its data goes with it. `unbind`: the reference that we wrote is taken back. */
  action?: 'delete' | 'unbind';
  event?: VolumeEvent;
}

/** What becomes of a volume, given the claim that its reference names (undefined: that one is gone, or another of the same name). */
export function planVolume(volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumePlan {
  const ref = volume.spec?.claimRef;
  if (ref === undefined || !ref.uid) return { phase: 'Available' };
  if (claim === undefined || claim.status?.phase === 'Lost') return released(volume);
  if (!claim.spec?.volumeName) return { phase: volume.status?.phase === 'Bound' ? 'Bound' : 'Available' };
  if (claim.spec.volumeName === volume.metadata.name) return { phase: 'Bound' };
  // The claim has found another one meanwhile.
  const isProvisioned = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined;
  if (isProvisioned && volume.spec?.persistentVolumeReclaimPolicy === 'Delete') return released(volume);
  return { phase: 'Available', action: 'unbind' };
}

function released(volume: PersistentVolume): VolumePlan {
  if (volume.spec?.persistentVolumeReclaimPolicy !== 'Delete') return { phase: 'Released' };
  if (isLocalVolume(volume)) return { phase: 'Released', action: 'delete' };
  // A provisioner of the user's deletes what it has made.
  if (volume.metadata.annotations?.[PROVISIONED_BY] !== undefined) return { phase: 'Released' };
  const message = `error getting deleter volume plugin for volume "${volume.metadata.name ?? ''}": no deletable volume plugin matched`;
  return { phase: 'Failed', message, event: { type: 'Warning', reason: 'VolumeFailedDelete', message } };
}

export function volumeStatus({ status }: PersistentVolume, { phase, message }: VolumePlan, nowMs: number): PersistentVolumeStatus {
  const lastPhaseTransitionTime = status?.phase === phase ? status.lastPhaseTransitionTime : formatTime(nowMs);
  return { ...(lastPhaseTransitionTime === undefined ? {} : { lastPhaseTransitionTime }), phase, ...(message === undefined ? {} : { message }) };
}

export function unbound(volume: PersistentVolume): PersistentVolume {
  const { claimRef, ...spec } = volume.spec ?? {};
  const { [BOUND_BY_CONTROLLER]: byUs, ...annotations } = volume.metadata.annotations ?? {};
  if (claimRef === undefined) return volume;
  // A reference that the user wrote stays theirs: it waits for the next claim of that name.
  const kept = byUs === undefined ? { claimRef: withoutUid(claimRef) } : {};
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...spec, ...kept } };
}

function withoutUid({ uid: _uid, resourceVersion: _version, ...ref }: NonNullable<NonNullable<PersistentVolume['spec']>['claimRef']>): object {
  return ref;
}
