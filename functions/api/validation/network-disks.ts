import { invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { PersistentVolumeSpec, Volume } from '../schema/kinds.generated.ts';
import { dns1123Label } from './names.ts';
import { between } from './numbers.ts';
import { localDescendingPath, optionalName } from './references.ts';

const MAX_TENANT = 64;
const MAX_PORTAL = 64;

type Source = Record<string, unknown>;
type SourceName = keyof Volume | keyof PersistentVolumeSpec;

// The fields that must not be empty, for the volumes of vendors: no driver of ours mounts them, but their manifests are judged alike.
const REQUIRED: Partial<Record<SourceName, string[]>> = {
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  gitRepo: ['repository'],
  glusterfs: ['endpoints', 'path'],
  rbd: ['monitors', 'image'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  flexVolume: ['driver'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  storageos: ['volumeName'],
  iscsi: ['targetPortal', 'iqn'],
};

/** Of a pod's volume, or of one of the cluster. */
export function validateNetworkDisk(volume: Volume | PersistentVolumeSpec, kind: SourceName, path: string): FieldError[] {
  const source = (volume as unknown as Record<string, Source>)[kind] ?? {};
  const at = kind === 'gcePersistentDisk' ? path.replace('gcePersistentDisk', 'persistentDisk') : path;
  const errors = (REQUIRED[kind] ?? []).filter((field) => isEmpty(source[field])).map((field) => required(`${at}.${field}`));
  return [...errors, ...(FURTHER[kind]?.(source, at) ?? [])];
}

const FURTHER: Partial<Record<SourceName, (source: Source, path: string) => FieldError[]>> = {
  gcePersistentDisk: (source, path) => partition(source, path),
  awsElasticBlockStore: (source, path) => partition(source, path),
  gitRepo: (source, path) => localDescendingPath(`${path}.directory`, text(source['directory'])),
  cinder: secretName,
  storageos: (source, path) => [...secretName(source, path), ...optionalName(`${path}.volumeName`, text(source['volumeName']), dns1123Label), ...optionalName(`${path}.volumeNamespace`, text(source['volumeNamespace']), dns1123Label)],
  iscsi: iscsiErrors,
  fc: fibreChannelErrors,
  flocker: flockerErrors,
  quobyte: quobyteErrors,
  azureDisk: azureDiskErrors,
};

function partition(source: Source, path: string): FieldError[] {
  return between(`${path}.partition`, source['partition'] as number | undefined, { min: 1, max: 255 });
}

function secretName(source: Source, path: string): FieldError[] {
  const reference = source['secretRef'] as { name?: string } | undefined;
  return reference && !reference.name ? [required(`${path}.secretRef.name`)] : [];
}

function iscsiErrors(source: Source, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const iqn = text(source['iqn']);
  const known = /^(iqn\.\d{4}-\d{2}\.([a-zA-Z0-9.-]+)(:.+)?|eui\.[0-9A-Fa-f]{16}|naa\.[0-9A-Fa-f]{16,32})$/;
  if (iqn && !known.test(iqn)) errors.push(invalid(`${path}.iqn`, iqn, 'must be valid format starting with iqn, eui, or naa'));
  errors.push(...between(`${path}.lun`, source['lun'] as number | undefined, { min: 0, max: 255 }));
  const initiator = source['initiatorName'];
  if (typeof initiator === 'string' && !known.test(initiator)) errors.push(invalid(`${path}.initiatorname`, initiator, 'must be valid format'));
  if ((source['chapAuthDiscovery'] || source['chapAuthSession']) && !source['secretRef']) errors.push(required(`${path}.secretRef`));
  return errors;
}

/** A portal is mounted under a name that holds the volume's own, where the initiator has one. */
export function portalProblems(name: string, { iscsi }: Pick<Volume | PersistentVolumeSpec, 'iscsi'>): string[] {
  if (iscsi?.initiatorName === undefined || `${name}:${iscsi.targetPortal}`.length <= MAX_PORTAL) return [];
  return ['Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'];
}

function fibreChannelErrors(source: Source, path: string): FieldError[] {
  const names = list(source['targetWWNs']);
  const wwids = list(source['wwids']);
  if (names.length === 0 && wwids.length === 0) return [required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')];
  if (names.length > 0 && wwids.length > 0) return [invalid(`${path}.targetWWNs`, names, 'targetWWNs and wwids can not be specified simultaneously')];
  if (names.length === 0) return [];
  return source['lun'] === undefined ? [required(`${path}.lun`, 'lun is required if targetWWNs is specified')] : between(`${path}.lun`, source['lun'] as number, { min: 0, max: 255 });
}

function flockerErrors(source: Source, path: string): FieldError[] {
  const name = text(source['datasetName']);
  const uuid = text(source['datasetUUID']);
  const errors: FieldError[] = [];
  if (!name && !uuid) errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (name && uuid) errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (name.includes('/')) errors.push(invalid(`${path}.datasetName`, name, "must not contain '/'"));
  return errors;
}

function quobyteErrors(source: Source, path: string): FieldError[] {
  const registry = text(source['registry']);
  const errors: FieldError[] = [];
  if (!registry) errors.push(required(`${path}.registry`, 'must be a host:port pair or multiple pairs separated by commas'));
  else if (registry.split(',').some((pair) => !/^.+:.+$/.test(pair))) errors.push(invalid(`${path}.registry`, registry, 'must be a host:port pair or multiple pairs separated by commas'));
  if (!text(source['volume'])) errors.push(required(`${path}.volume`));
  return text(source['tenant']).length > MAX_TENANT ? [...errors, required(`${path}.tenant`, `must be a UUID and may not exceed a length of ${MAX_TENANT} characters`)] : errors;
}

function azureDiskErrors(source: Source, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const caching = ['None', 'ReadOnly', 'ReadWrite'];
  const kinds = ['Dedicated', 'Managed', 'Shared'];
  if (!caching.includes(text(source['cachingMode']))) errors.push(notSupported(`${path}.cachingMode`, source['cachingMode'], caching));
  if (!kinds.includes(text(source['kind']))) errors.push(notSupported(`${path}.kind`, source['kind'], kinds));
  const [start, form] = source['kind'] === 'Managed' ? MANAGED_DISK : BLOB_DISK;
  return text(source['diskURI']).startsWith(start) ? errors : [...errors, notSupported(`${path}.diskURI`, source['diskURI'] ?? '', [form])];
}

const MANAGED_DISK = ['/subscriptions/', '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'] as const;
const BLOB_DISK = ['https://', 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'] as const;

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
