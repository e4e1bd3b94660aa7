import type { KindRules } from '../kind-rules.ts';
import type { CSIDriver } from '../schema/kinds.generated.ts';
import { validateCsiDriver, validateCsiDriverUpdate } from '../validation/storage.ts';
import { ageColumn, column, nameColumn, UNSET } from './columns.ts';

export const csiDriverRules: KindRules<CSIDriver> = {
  setDefaults: ({ spec }) => {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
  },
  validate: validateCsiDriver,
  validateUpdate: validateCsiDriverUpdate,
  warnings: ({ spec }, old) => {
    if (old || !spec.tokenRequests?.length || spec.serviceAccountTokenInSecrets !== undefined) return [];
    return ['spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes'];
  },
  columns: [
    nameColumn(),
    column('AttachRequired', 'Whether volumes are attached first', ({ spec }) => spec.attachRequired ?? true, { type: 'boolean' }),
    column('PodInfoOnMount', 'Whether it is told of the pod', ({ spec }) => spec.podInfoOnMount ?? false, { type: 'boolean' }),
    column('StorageCapacity', 'Whether it tells its capacity', ({ spec }) => spec.storageCapacity ?? false, { type: 'boolean' }),
    column('TokenRequests', 'Tokens that it gets', ({ spec }) => (spec.tokenRequests?.length ? spec.tokenRequests.map(({ audience }) => audience).join(',') : UNSET)),
    column('RequiresRepublish', 'Whether it is called again and again', ({ spec }) => spec.requiresRepublish ?? false, { type: 'boolean' }),
    column('Modes', 'Volumes that it has', ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',')),
    ageColumn(),
  ],
};
