import { isEqual } from '../equal.ts';
import { forbidden, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { PersistentVolume, PersistentVolumeSpec } from '../schema/kinds.generated.ts';
import { immutable } from '../validation/immutable.ts';
import { sourceOf, validatePersistentVolume } from '../validation/persistent-volume.ts';
import { ageColumn, column, nameColumn, UNSET } from './columns.ts';
import { defaultNetworkDisk } from './volume-defaults.ts';

const SHORT_MODES: Record<string, string> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };

// Volumes that no kubelet mounts any more.
const GONE: Partial<Record<keyof PersistentVolumeSpec, string>> = {
  cephfs: 'spec.cephfs: deprecated in v1.28, non-functional in v1.31+',
  glusterfs: 'spec.glusterfs: deprecated in v1.25, non-functional in v1.26+',
  photonPersistentDisk: 'spec.photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+',
  rbd: 'spec.rbd: deprecated in v1.28, non-functional in v1.31+',
  scaleIO: 'spec.scaleIO: deprecated in v1.16, non-functional in v1.22+',
  storageos: 'spec.storageOS: deprecated in v1.22, non-functional in v1.25+',
};

export const persistentVolumeRules: KindRules<PersistentVolume> = {
  setDefaults: ({ spec }) => {
    if (!spec) return;
    spec.persistentVolumeReclaimPolicy ||= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    if (spec.hostPath) spec.hostPath.type ??= '';
    defaultNetworkDisk(spec);
  },
  prepareForCreate: (volume, { now }) => {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: now };
  },
  validate: validatePersistentVolume,
  validateUpdate: ({ spec = {} }, { spec: old = {} }) => updateErrors(spec, old),
  warnings: ({ spec }) => Object.entries(GONE).flatMap(([source, text]) => (spec?.[source as keyof PersistentVolumeSpec] ? [text] : [])),
  columns: [
    nameColumn(),
    column('Capacity', 'How much it holds', ({ spec }) => String(spec?.capacity?.['storage'] ?? '')),
    column('Access Modes', 'How it can be mounted', ({ spec }) => accessModesText(spec?.accessModes)),
    column('Reclaim Policy', 'What becomes of it when its claim is gone', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
    column('Status', 'Whether it is free', ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''))),
    column('Claim', 'The claim that has it', ({ spec }) => (spec?.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '')),
    column('StorageClass', 'Its class', ({ spec }) => spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', 'The class of its attributes', ({ spec }) => spec?.volumeAttributesClassName ?? UNSET),
    column('Reason', 'Why it failed', ({ status }) => status?.reason ?? ''),
    ageColumn(),
    column('VolumeMode', 'Filesystem or Block', ({ spec }) => spec?.volumeMode ?? UNSET, { wide: true }),
  ],
};

function updateErrors(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): FieldError[] {
  const errors: FieldError[] = [];
  const secrets = { controllerExpandSecretRef: undefined, nodeExpandSecretRef: undefined };
  const fixed = (volume: PersistentVolumeSpec) => ({ ...sourceOf(volume), ...(volume.csi && { csi: { ...volume.csi, ...secrets } }) });
  if (!isEqual(fixed(spec), fixed(old))) errors.push(forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'));
  errors.push(...immutable('spec.volumeMode', spec.volumeMode, old.volumeMode));
  if (old.nodeAffinity !== undefined) errors.push(...immutable('spec.nodeAffinity', spec.nodeAffinity, old.nodeAffinity));
  return errors;
}

export function accessModesText(modes: string[] | undefined): string {
  return [...new Set(modes ?? [])].map((mode) => SHORT_MODES[mode] ?? mode).join(',');
}
