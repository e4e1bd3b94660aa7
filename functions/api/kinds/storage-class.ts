import type { KindRules } from '../kind-rules.ts';
import type { StorageClass } from '../schema/kinds.generated.ts';
import { validateStorageClass, validateStorageClassUpdate } from '../validation/storage.ts';
import { ageColumn, column, nameColumn } from './columns.ts';

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';

export const storageClassRules: KindRules<StorageClass> = {
  setDefaults: (storage) => {
    storage.reclaimPolicy ??= 'Delete';
    storage.volumeBindingMode ??= 'Immediate';
  },
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  columns: [
    { ...nameColumn<StorageClass>(), cell: ({ metadata }) => `${metadata.name ?? ''}${metadata.annotations?.[IS_DEFAULT] === 'true' ? ' (default)' : ''}` },
    column('Provisioner', 'Who makes its volumes', ({ provisioner }) => provisioner),
    column('ReclaimPolicy', 'What becomes of them', ({ reclaimPolicy }) => reclaimPolicy ?? ''),
    column('VolumeBindingMode', 'When a claim gets one', ({ volumeBindingMode }) => volumeBindingMode ?? ''),
    column('AllowVolumeExpansion', 'Whether they can grow', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
    ageColumn(),
  ],
};
