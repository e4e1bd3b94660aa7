import { isEqual } from '../equal.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import { compareQuantities } from '../quantity.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec, TypedLocalObjectReference, TypedObjectReference } from '../schema/kinds.generated.ts';
import { validateLabelSelector } from './label-selector.ts';
import { dns1123Subdomain } from './names.ts';
import { optionalName } from './references.ts';
import { parsedQuantity, validatePositiveQuantity } from './resources.ts';

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const modes = spec.accessModes ?? [];
  const errors: FieldError[] = modes.length === 0 ? [required(`${path}.accessModes`, 'at least 1 access mode is required')] : [];
  errors.push(...validateLabelSelector(spec.selector, `${path}.selector`));
  errors.push(...modes.filter((mode) => !ACCESS_MODES.includes(mode)).map((mode) => notSupported(`${path}.accessModes`, mode, ACCESS_MODES)));
  if (modes.length > 1 && modes.includes('ReadWriteOncePod')) errors.push(forbidden(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes'));
  const storage = spec.resources?.requests?.['storage'];
  errors.push(...(storage === undefined ? [required(`${path}.resources[storage]`)] : validatePositiveQuantity(`${path}.resources[storage]`, storage)));
  errors.push(...optionalName(`${path}.storageClassName`, spec.storageClassName, dns1123Subdomain));
  if (spec.volumeMode !== undefined && spec.volumeMode !== 'Block' && spec.volumeMode !== 'Filesystem') {
    errors.push(notSupported(`${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']));
  }
  return [...errors, ...sourceErrors(spec, path), ...optionalName(`${path}.volumeAttributesClassName`, spec.volumeAttributesClassName, dns1123Subdomain)];
}

/** A claim keeps what it asked for; only a bound one may ask for more room. */
export function validateClaimUpdate({ spec = {}, status }: PersistentVolumeClaim, { spec: old = {}, status: oldStatus }: PersistentVolumeClaim): FieldError[] {
  const isBound = status?.phase === 'Bound';
  const errors: FieldError[] = [];
  if (!isEqual(fixedPart(spec, old, isBound), fixedPart(old, old, isBound))) {
    errors.push(forbidden('spec', 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'));
  }
  const [wanted, before, real] = [spec.resources?.requests?.['storage'], old.resources?.requests?.['storage'], oldStatus?.capacity?.['storage']].map((amount) => parsedQuantity(amount ?? '0'));
  if (wanted && before && real && compareQuantities(wanted, before) < 0 && compareQuantities(wanted, real) <= 0) {
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  if (spec.volumeMode !== old.volumeMode) errors.push(invalid('spec.volumeMode', spec.volumeMode, 'field is immutable'));
  if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
    errors.push(forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'));
  }
  return errors;
}

// Without what may change: the volume's name and the class are given once, by controllers.
function fixedPart(spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec, isBound: boolean): object {
  const { volumeName, storageClassName, volumeAttributesClassName: _, resources, ...rest } = spec;
  const { storage, ...requests } = resources?.requests ?? {};
  return {
    ...rest,
    volumeName: old.volumeName ? volumeName : '',
    storageClassName: old.storageClassName === undefined ? undefined : storageClassName,
    resources: { ...resources, requests: { ...requests, ...(!isBound && { storage }) } },
  };
}

function sourceErrors({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const errors = [
    ...(dataSource ? referenceErrors(dataSource, `${path}.dataSource`) : []),
    ...(dataSourceRef ? referenceErrors(dataSourceRef, `${path}.dataSourceRef`) : []),
  ];
  const named = ({ apiGroup = '', kind, name }: TypedLocalObjectReference | TypedObjectReference) => [apiGroup, kind, name];
  if (dataSource && dataSourceRef && !isEqual(named(dataSource), named(dataSourceRef))) errors.push(invalid(path, {}, 'must match dataSourceRef'));
  return errors;
}

function referenceErrors({ apiGroup = '', kind, name }: TypedLocalObjectReference | TypedObjectReference, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!name) errors.push(required(`${path}.name`));
  if (!kind) errors.push(required(`${path}.kind`));
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') errors.push(invalid(path, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  return [...errors, ...optionalName(`${path}.apiGroup`, apiGroup, dns1123Subdomain)];
}
