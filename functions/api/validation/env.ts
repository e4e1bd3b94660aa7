import { invalid, notFound, notSupported, required, type FieldError } from '../field-error.ts';
import type { EnvFromSource, EnvVar, EnvVarSource, FileKeySelector, ObjectFieldSelector, ResourceFieldSelector } from '../schema/kinds.generated.ts';
import { configMapKey, dns1123Subdomain, envVarName, qualifiedName } from './names.ts';
import { parsedQuantity } from './resources.ts';
import { noBacksteps, requiredName } from './references.ts';

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'] as const;

export const ENV_FIELDS = ['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'];
export const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

const CONTAINER_RESOURCES = ['limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage', 'requests.memory'];
const HUGE_PAGES = /^(limits|requests)\.hugepages-/;
const DIVISORS: Record<string, string[]> = {
  cpu: ['1m', '1'],
  memory: ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'],
};

export function validateEnv(variables: EnvVar[], path: string, volumes: ReadonlyMap<string, unknown>): FieldError[] {
  return variables.flatMap((variable, i) => [
    ...requiredName(`${path}[${i}].name`, variable.name, envVarName),
    ...(variable.valueFrom ? valueFromErrors(variable, variable.valueFrom, `${path}[${i}].valueFrom`) : []),
    ...(variable.valueFrom?.fileKeyRef && !volumes.has(variable.valueFrom.fileKeyRef.volumeName ?? '') ? [notFound(`${path}[${i}].valueFrom.fileKeyRef.volumeName`, variable.valueFrom.fileKeyRef.volumeName ?? '')] : []),
  ]);
}

export function validateEnvFrom(sources: EnvFromSource[], path: string): FieldError[] {
  return sources.flatMap((source, i) => {
    const at = `${path}[${i}]`;
    const errors: FieldError[] = source.prefix ? envVarName(source.prefix).map((text) => invalid(`${at}.prefix`, source.prefix, text)) : [];
    if (source.configMapRef) errors.push(...requiredName(`${at}.configMapRef.name`, source.configMapRef.name, dns1123Subdomain));
    if (source.secretRef) errors.push(...requiredName(`${at}.secretRef.name`, source.secretRef.name, dns1123Subdomain));
    if (!source.configMapRef && !source.secretRef) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    if (source.configMapRef && source.secretRef) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}

/** A field of the pod; with a subscript (`metadata.labels['x']`), the one entry. */
export function validateFieldRef(ref: ObjectFieldSelector, path: string, fields: readonly string[]): FieldError[] {
  if (!ref.apiVersion) return [required(`${path}.apiVersion`)];
  if (!ref.fieldPath) return [required(`${path}.fieldPath`)];
  const subscript = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/.exec(ref.fieldPath);
  if (subscript) return subscriptErrors({ field: subscript[1] ?? '', key: subscript[2] ?? '' }, path);
  if (ref.apiVersion !== 'v1') return [invalid(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: unsupported pod version: ${ref.apiVersion}`)];
  if (!KNOWN_FIELDS.has(ref.fieldPath)) return [invalid(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: field label not supported: ${ref.fieldPath}`)];
  return fields.includes(ref.fieldPath) ? [] : [notSupported(`${path}.fieldPath`, ref.fieldPath, fields)];
}

export function validateResourceFieldRef(ref: ResourceFieldSelector, path: string, isVolume: boolean): FieldError[] {
  if (isVolume && !ref.containerName) return [required(`${path}.containerName`)];
  if (!ref.resource) return [required(`${path}.resource`)];
  if (!CONTAINER_RESOURCES.includes(ref.resource) && !HUGE_PAGES.test(ref.resource)) return [notSupported(`${path}.resource`, ref.resource, CONTAINER_RESOURCES)];
  return divisorErrors(ref, path);
}

// The labels under which a pod's fields can be named at all.
const KNOWN_FIELDS = new Set([
  ...ENV_FIELDS, ...VOLUME_FIELDS, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase', 'status.nominatedNodeName', 'spec.host', 'spec.hostNetwork',
]);

function valueFromErrors(variable: EnvVar, source: EnvVarSource, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (source.fieldRef) errors.push(...validateFieldRef(source.fieldRef, `${path}.fieldRef`, ENV_FIELDS));
  if (source.resourceFieldRef) errors.push(...validateResourceFieldRef(source.resourceFieldRef, `${path}.resourceFieldRef`, false));
  for (const kind of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const ref = source[kind];
    if (ref) errors.push(...dns1123Subdomain(ref.name ?? '').map((text) => invalid(`${path}.${kind}.name`, ref.name ?? '', text)), ...requiredName(`${path}.${kind}.key`, ref.key, configMapKey));
  }
  if (source.fileKeyRef) errors.push(...fileKeyErrors(source.fileKeyRef, `${path}.fileKeyRef`));
  const count = SOURCES.filter((kind) => source[kind]).length;
  if (count === 0) errors.push(invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  else if (variable.value) errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  return errors;
}

function fileKeyErrors(ref: FileKeySelector, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!ref.volumeName) errors.push(required(`${path}.volumeName`));
  if (!ref.path) errors.push(required(`${path}.path`));
  else errors.push(...noBacksteps(`${path}.path`, ref.path));
  return [...errors, ...requiredName(`${path}.key`, ref.key, envVarName)];
}

function subscriptErrors({ field, key }: { field: string; key: string }, path: string): FieldError[] {
  const name = field === 'metadata.annotations' ? key.toLowerCase() : key;
  return qualifiedName(name).map((text) => invalid(path, key, text));
}

function divisorErrors(ref: ResourceFieldSelector, path: string): FieldError[] {
  const divisor = parsedQuantity(ref.divisor ?? '0');
  if (divisor === undefined || divisor.nanos === 0n) return [];
  const allowed = DIVISORS[ref.resource.endsWith('.cpu') ? 'cpu' : 'memory'] ?? [];
  if (allowed.some((text) => parsedQuantity(text)?.nanos === divisor.nanos)) return [];
  const what = ref.resource.split('.')[1] ?? '';
  const list = what === 'cpu' ? allowed.join(' and ') : allowed.join(', ');
  return [invalid(`${path}.divisor`, ref.resource, `only divisor's values ${list} are supported with the ${what.startsWith('hugepages') ? 'hugepages' : what} resource`)];
}
