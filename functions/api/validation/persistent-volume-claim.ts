import { invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { PersistentVolumeClaimSpec } from '../schema/kinds.generated.ts';
import { validateLabelSelector } from './label-selector.ts';
import { dns1123Subdomain } from './names.ts';
import { optionalName } from './references.ts';
import { parsedQuantity } from './resources.ts';

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const modes = spec.accessModes ?? [];
  const errors: FieldError[] = modes.length === 0 ? [required(`${path}.accessModes`, 'at least 1 access mode is required')] : [];
  errors.push(...validateLabelSelector(spec.selector, `${path}.selector`));
  errors.push(...modes.filter((mode) => !ACCESS_MODES.includes(mode)).map((mode) => notSupported(`${path}.accessModes`, mode, ACCESS_MODES)));
  if (modes.length > 1 && modes.includes('ReadWriteOncePod')) {
    errors.push({ type: 'FieldValueForbidden', field: `${path}.accessModes`, message: 'Forbidden: may not use ReadWriteOncePod with other access modes' });
  }
  const storage = spec.resources?.requests?.['storage'];
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`));
  else if ((parsedQuantity(storage)?.nanos ?? 0n) <= 0n) errors.push(invalid(`${path}.resources[storage]`, String(storage), 'must be greater than zero'));
  errors.push(...optionalName(`${path}.storageClassName`, spec.storageClassName, dns1123Subdomain));
  if (spec.volumeMode !== undefined && spec.volumeMode !== 'Block' && spec.volumeMode !== 'Filesystem') {
    errors.push(notSupported(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']));
  }
  return errors;
}
