import type { KindRules } from '../kind-rules.ts';
import type { PersistentVolumeClaim } from '../schema/kinds.generated.ts';
import { validateClaimSpec } from '../validation/persistent-volume-claim.ts';
import { ageColumn, column, nameColumn, UNSET } from './columns.ts';
import { accessModesText } from './persistent-volume.ts';

export const persistentVolumeClaimRules: KindRules<PersistentVolumeClaim> = {
  setDefaults: ({ spec }) => {
    if (spec) spec.volumeMode ??= 'Filesystem';
  },
  prepareForCreate: (claim) => {
    claim.status = { phase: 'Pending' };
  },
  validate: ({ spec }) => validateClaimSpec(spec ?? {}, 'spec'),
  columns: [
    nameColumn(),
    column('Status', 'Whether it has a volume', ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''))),
    column('Volume', 'The volume that it has', ({ spec }) => spec?.volumeName ?? ''),
    column('Capacity', 'How much that holds', ({ spec, status }) => (spec?.volumeName ? String(status?.capacity?.['storage'] ?? '') : '')),
    column('Access Modes', 'How it can be mounted', ({ spec, status }) => (spec?.volumeName ? accessModesText(status?.accessModes) : '')),
    column('StorageClass', 'The class that was asked for', ({ metadata, spec }) => metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', 'The class of its attributes', ({ spec }) => spec?.volumeAttributesClassName ?? UNSET),
    ageColumn(),
    column('VolumeMode', 'Filesystem or Block', ({ spec }) => spec?.volumeMode ?? UNSET, { wide: true }),
  ],
};
