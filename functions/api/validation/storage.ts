import { isEqual } from '../equal.ts';
import { duplicate, forbidden, invalid, notSupported, required, tooLong, type FieldError } from '../field-error.ts';
import type { CSIDriver, CSINode, CSINodeDriver, CSIStorageCapacity, StorageClass, TopologySelectorTerm, VolumeAttributesClass } from '../schema/kinds.generated.ts';
import { validateLabelSelector } from './label-selector.ts';
import { dns1123Subdomain, qualifiedName, utf8Length } from './names.ts';
import { validateNonNegativeQuantity } from './resources.ts';
import { validateDriverName } from './volumes.ts';

const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;
const MAX_NODE_ID = 256;
const LIFECYCLES = ['Persistent', 'Ephemeral'];
const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];

export function validateStorageClass(storage: StorageClass): FieldError[] {
  const { reclaimPolicy, volumeBindingMode } = storage;
  const errors = [...provisionerErrors('provisioner', storage.provisioner), ...parameterErrors(storage.parameters)];
  if (reclaimPolicy && !['Delete', 'Retain'].includes(reclaimPolicy)) errors.push(notSupported('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']));
  const modes = ['Immediate', 'WaitForFirstConsumer'];
  if (volumeBindingMode === undefined) errors.push(required('volumeBindingMode'));
  else if (!modes.includes(volumeBindingMode)) errors.push(notSupported('volumeBindingMode', volumeBindingMode, modes));
  return [...errors, ...topologyErrors(storage.allowedTopologies ?? [])];
}

export function validateStorageClassUpdate(storage: StorageClass, old: StorageClass): FieldError[] {
  const errors = (['parameters', 'provisioner', 'reclaimPolicy'] as const).filter((field) => !isEqual(storage[field], old[field])).map((field) => forbidden(field, `updates to ${field} are forbidden.`));
  if (storage.volumeBindingMode !== old.volumeBindingMode) errors.push(invalid('volumeBindingMode', storage.volumeBindingMode, 'field is immutable'));
  return errors;
}

export function validateVolumeAttributesClass({ driverName, parameters }: VolumeAttributesClass): FieldError[] {
  const errors = provisionerErrors('driverName', driverName);
  if (Object.keys(parameters ?? {}).length === 0) return [...errors, required('parameters', 'must contain at least one key/value pair')];
  return [...errors, ...parameterErrors(parameters)];
}

export function validateVolumeAttributesClassUpdate(wanted: VolumeAttributesClass, old: VolumeAttributesClass): FieldError[] {
  return (['driverName', 'parameters'] as const).filter((field) => !isEqual(wanted[field], old[field])).map((field) => forbidden(field, `updates to ${field} are forbidden.`));
}

export function validateCsiDriver({ spec }: CSIDriver): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.fsGroupPolicy !== undefined && !GROUP_POLICIES.includes(spec.fsGroupPolicy)) errors.push(notSupported('spec.fsGroupPolicy', spec.fsGroupPolicy, GROUP_POLICIES));
  errors.push(...tokenErrors(spec));
  errors.push(...(spec.volumeLifecycleModes ?? []).filter((mode) => !LIFECYCLES.includes(mode)).map((mode) => notSupported('spec.volumeLifecycleModes', mode, LIFECYCLES)));
  const seconds = spec.nodeAllocatableUpdatePeriodSeconds;
  if (seconds !== undefined && seconds < 10) errors.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', seconds, 'must be greater than or equal to 10 seconds'));
  if (spec.serviceAccountTokenInSecrets !== undefined && !spec.tokenRequests?.length) {
    errors.push(invalid('spec.serviceAccountTokenInSecrets', spec.serviceAccountTokenInSecrets, 'serviceAccountTokenInSecrets is set but no tokenRequests are specified'));
  }
  return errors;
}

export function validateCsiDriverUpdate({ spec }: CSIDriver, { spec: old }: CSIDriver): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['attachRequired', 'volumeLifecycleModes'] as const) {
    if (!isEqual(spec[field], old[field])) errors.push(invalid(`spec.${field}`, spec[field] ?? null, 'field is immutable'));
  }
  return errors;
}

function tokenErrors({ tokenRequests = [] }: CSIDriver['spec']): FieldError[] {
  const audiences = new Set<string>();
  return tokenRequests.flatMap(({ audience, expirationSeconds: seconds }, i) => {
    const path = `spec.tokenRequests[${i}]`;
    const errors: FieldError[] = audiences.has(audience) ? [duplicate(`${path}.audience`, audience)] : [];
    audiences.add(audience);
    if (seconds !== undefined && seconds < 600) errors.push(invalid(`${path}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'));
    if (seconds !== undefined && seconds > 2 ** 32) errors.push(invalid(`${path}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'));
    return errors;
  });
}

export function validateCsiNode({ spec }: CSINode): FieldError[] {
  const names = new Set<string>();
  return (spec?.drivers ?? []).flatMap((driver, i) => {
    const path = `spec.drivers[${i}]`;
    const errors = [...validateDriverName(driver.name, `${path}.name`), ...nodeDriverErrors(driver, path)];
    if (driver.name && names.has(driver.name)) errors.push(duplicate(`${path}.name`, driver.name));
    names.add(driver.name);
    return errors;
  });
}

function nodeDriverErrors({ nodeID = '', allocatable, topologyKeys = [] }: CSINodeDriver, path: string): FieldError[] {
  const errors: FieldError[] = nodeID === '' ? [required(`${path}.nodeID`)] : [];
  if (nodeID.length > MAX_NODE_ID) errors.push(invalid(`${path}.nodeID`, nodeID, `must be ${MAX_NODE_ID} characters or less`));
  if ((allocatable?.count ?? 0) < 0) errors.push(invalid(`${path}.allocatable.count`, allocatable?.count, 'must be greater than or equal to 0'));
  const seen = new Set<string>();
  for (const key of topologyKeys) {
    if (key === '') errors.push(required(path));
    else if (seen.has(key)) errors.push(duplicate(path, key));
    seen.add(key);
    if (key !== '') errors.push(...qualifiedName(key).map((text) => invalid(path, key, text)));
  }
  return errors;
}

export function validateCsiStorageCapacity(capacity: CSIStorageCapacity): FieldError[] {
  return [
    ...dns1123Subdomain(capacity.storageClassName ?? '').map((text) => invalid('storageClassName', capacity.storageClassName ?? '', text)),
    ...validateLabelSelector(capacity.nodeTopology, 'nodeTopology'),
    ...validateNonNegativeQuantity('capacity', capacity.capacity),
    ...validateNonNegativeQuantity('maximumVolumeSize', capacity.maximumVolumeSize),
  ];
}

export function validateCsiStorageCapacityUpdate(capacity: CSIStorageCapacity, old: CSIStorageCapacity): FieldError[] {
  return (['nodeTopology', 'storageClassName'] as const).filter((field) => !isEqual(capacity[field], old[field])).map((field) => invalid(field, capacity[field] ?? null, 'field is immutable'));
}

function provisionerErrors(field: string, name: string | undefined): FieldError[] {
  if (!name) return [required(field)];
  return qualifiedName(name.toLowerCase()).map((text) => invalid(field, name.toLowerCase(), text));
}

function parameterErrors(parameters: Record<string, string> = {}): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [tooLong('parameters', MAX_PARAMETERS)];
  const errors = entries.flatMap(([key]) => (key === '' ? [invalid('parameters', key, 'field can not be empty.')] : []));
  const bytes = entries.reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(value), 0);
  return bytes > MAX_PARAMETER_BYTES ? [...errors, tooLong('parameters', MAX_PARAMETER_BYTES)] : errors;
}

function topologyErrors(terms: TopologySelectorTerm[]): FieldError[] {
  const seen: unknown[] = [];
  return terms.flatMap(({ matchLabelExpressions = [] }, i) => {
    const path = `allowedTopologies[${i}].matchLabelExpressions`;
    const keys = new Set<string>();
    const errors = matchLabelExpressions.flatMap(({ key = '', values = [] }, j) => {
      const at = `${path}[${j}]`;
      const found: FieldError[] = values.length === 0 ? [required(`${at}.values`)] : [];
      found.push(...values.flatMap((value, k) => (values.indexOf(value) < k ? [duplicate(`${at}.values[${k}]`, value)] : [])));
      found.push(...qualifiedName(key).map((text) => invalid(`${at}.key`, key, text)));
      if (keys.has(key)) found.push(duplicate(`${at}.key`, key));
      keys.add(key);
      return found;
    });
    // An empty term is its own repetition.
    const term = Object.fromEntries(matchLabelExpressions.map(({ key, values = [] }) => [key, [...new Set(values)].sort()]));
    if (matchLabelExpressions.length === 0 || seen.some((before) => isEqual(before, term))) errors.push(duplicate(path, ''));
    seen.push(term);
    return errors;
  });
}
