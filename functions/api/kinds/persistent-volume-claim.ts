import type { KindRules } from '../kind-rules.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec, TypedLocalObjectReference } from '../schema/kinds.generated.ts';
import { validateClaimSpec, validateClaimUpdate } from '../validation/persistent-volume-claim.ts';
import { ageColumn, column, nameColumn, UNSET } from './columns.ts';
import { accessModesText } from './persistent-volume.ts';

export const persistentVolumeClaimRules: KindRules<PersistentVolumeClaim> = {
  setDefaults: ({ spec }) => {
    if (spec) spec.volumeMode ??= 'Filesystem';
  },
  prepareForCreate: (claim) => {
    if (claim.spec) normaliseSources(claim.spec);
    claim.status = { phase: 'Pending' };
  },
  validate: ({ spec }) => validateClaimSpec(spec ?? {}, 'spec'),
  validateUpdate: validateClaimUpdate,
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

const SNAPSHOT = 'snapshot.storage.k8s.io/VolumeSnapshot';

// The elder field takes claims and snapshots alone, the newer one anything of its own namespace; each is seen in both.
function normaliseSources(spec: PersistentVolumeClaimSpec): void {
  if (spec.dataSourceRef?.namespace) delete spec.dataSourceRef;
  if (spec.dataSource && !spec.dataSourceRef && !isClaimOrSnapshot(spec.dataSource)) delete spec.dataSource;
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef && !spec.dataSource) spec.dataSource = { ...spec.dataSourceRef };
}

function isClaimOrSnapshot({ apiGroup = '', kind }: TypedLocalObjectReference): boolean {
  return (apiGroup === '' && kind === 'PersistentVolumeClaim') || `${apiGroup}/${kind}` === SNAPSHOT;
}
