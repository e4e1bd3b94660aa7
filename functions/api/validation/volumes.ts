import { duplicate, forbidden, invalid, notSupported, required, tooLong, type FieldError } from '../field-error.ts';
import type { CSIVolumeSource, DownwardAPIVolumeFile, HostPathVolumeSource, KeyToPath, ProjectedVolumeSource, Volume, VolumeProjection } from '../schema/kinds.generated.ts';
import { validateFieldRef, validateResourceFieldRef, VOLUME_FIELDS } from './env.ts';
import { dns1123Label, dns1123Subdomain } from './names.ts';
import { portalProblems, validateNetworkDisk } from './network-disks.ts';
import { fileMode } from './numbers.ts';
import { validateAnnotations, validateLabels } from './object-meta.ts';
import { validateClaimSpec } from './persistent-volume-claim.ts';
import { localNonReservedPath, noBacksteps, requiredName } from './references.ts';
import { validateNonNegativeQuantity } from './resources.ts';

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

/** The errors, and the volumes that may be mounted: one that is refused counts as missing. */
export function validateVolumes(volumes: Volume[], path: string): { errors: FieldError[]; valid: ReadonlyMap<string, Volume> } {
  const valid = new Map<string, Volume>();
  const errors = volumes.flatMap((volume, i) => {
    const at = `${path}[${i}]`;
    const found = [...sourceErrors(volume, at), ...requiredName(`${at}.name`, volume.name, dns1123Label)];
    if (valid.has(volume.name)) found.push(duplicate(`${at}.name`, volume.name));
    if (found.length === 0) valid.set(volume.name, volume);
    return found;
  });
  return { errors, valid };
}

type SourceName = Exclude<keyof Volume, 'name'>;

// In the order in which the real server looks, because the first of several sources counts.
const SOURCES: SourceName[] = [
  'emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs', 'iscsi', 'glusterfs', 'flocker', 'persistentVolumeClaim', 'rbd', 'cinder',
  'cephfs', 'quobyte', 'downwardAPI', 'fc', 'flexVolume', 'configMap', 'azureFile', 'vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'storageos',
  'projected', 'scaleIO', 'csi', 'ephemeral', 'image',
];

function sourceErrors(volume: Volume, path: string): FieldError[] {
  const present = SOURCES.filter((source) => volume[source]);
  const [first, ...others] = present;
  if (first === undefined) return [required(path, 'must specify a volume type')];
  return [...oneSourceErrors(volume, first, `${path}.${first}`), ...others.map((source) => forbidden(`${path}.${source}`, 'may not specify more than 1 volume type'))];
}

function oneSourceErrors(volume: Volume, source: SourceName, path: string): FieldError[] {
  return OWN_RULES[source]?.(volume, path) ?? validateNetworkDisk(volume, source, path);
}

const OWN_RULES: Partial<Record<SourceName, (volume: Volume, path: string) => FieldError[]>> = {
  emptyDir: ({ emptyDir }, path) =>
    validateNonNegativeQuantity(`${path}.sizeLimit`, emptyDir?.sizeLimit).map(({ field }) => forbidden(field, 'SizeLimit field must be a valid resource quantity')),
  hostPath: ({ hostPath }, path) => hostPathErrors(hostPath ?? { path: '' }, path),
  secret: ({ secret }, path) => fileSourceErrors(secret ?? {}, path, { field: 'secretName', value: secret?.secretName }),
  configMap: ({ configMap }, path) => fileSourceErrors(configMap ?? {}, path, { field: 'name', value: configMap?.name }),
  downwardAPI: ({ downwardAPI }, path) => [...fileMode(`${path}.defaultMode`, downwardAPI?.defaultMode), ...downwardErrors(downwardAPI?.items ?? [], path)],
  projected: ({ projected }, path) => projectedErrors(projected ?? { sources: [] }, path),
  persistentVolumeClaim: ({ persistentVolumeClaim }, path) => (persistentVolumeClaim?.claimName ? [] : [required(`${path}.claimName`)]),
  nfs: ({ nfs }, path) => nfsErrors(nfs ?? { server: '', path: '' }, path),
  csi: ({ csi }, path) => csiErrors(csi ?? { driver: '' }, path),
  iscsi: (volume, path) => [...validateNetworkDisk(volume, 'iscsi', path), ...portalProblems(volume.name, volume).map((text) => invalid(path.replace(/\.iscsi$/, '.name'), volume.name, text))],
  ephemeral: ephemeralErrors,
  image: ({ image }, path) => imageErrors(image ?? {}, path),
};

export function hostPathErrors(source: HostPathVolumeSource, path: string): FieldError[] {
  if (!source.path) return [required(`${path}.path`)];
  const errors = noBacksteps(`${path}.path`, source.path);
  if (source.type && !HOST_PATH_TYPES.includes(source.type)) errors.push(notSupported(`${path}.type`, source.type, HOST_PATH_TYPES));
  return errors;
}

interface FileSource {
  items?: KeyToPath[];
  defaultMode?: number;
}

function fileSourceErrors(source: FileSource, path: string, name: { field: string; value: string | undefined }): FieldError[] {
  const errors = name.value ? [] : [required(`${path}.${name.field}`)];
  errors.push(...fileMode(`${path}.defaultMode`, source.defaultMode));
  return [...errors, ...(source.items ?? []).flatMap((item, i) => keyToPathErrors(item, `${path}.items[${i}]`))];
}

function keyToPathErrors({ key, path, mode }: KeyToPath, at: string): FieldError[] {
  const errors: FieldError[] = key ? [] : [required(`${at}.key`)];
  if (!path) errors.push(required(`${at}.path`));
  errors.push(...localNonReservedPath(`${at}.path`, path ?? ''));
  return [...errors, ...fileMode(`${at}.mode`, mode)];
}

// The real server names the volume here, not the item.
function downwardErrors(items: DownwardAPIVolumeFile[], at: string): FieldError[] {
  return items.flatMap((item) => {
    const errors: FieldError[] = item.path ? [] : [required(`${at}.path`)];
    errors.push(...localNonReservedPath(`${at}.path`, item.path ?? ''));
    if (item.fieldRef) {
      errors.push(...validateFieldRef(item.fieldRef, `${at}.fieldRef`, VOLUME_FIELDS));
      if (item.resourceFieldRef) errors.push(invalid(at, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    } else if (item.resourceFieldRef) {
      errors.push(...validateResourceFieldRef(item.resourceFieldRef, `${at}.resourceFieldRef`, true));
    } else {
      errors.push(required(at, 'one of fieldRef and resourceFieldRef is required'));
    }
    return [...errors, ...fileMode(`${at}.mode`, item.mode)];
  });
}

function projectedErrors(source: ProjectedVolumeSource, path: string): FieldError[] {
  return [
    ...fileMode(`${path}.defaultMode`, source.defaultMode),
    ...(source.sources ?? []).flatMap((projection, i) => projectionErrors(projection, `${path}.sources[${i}]`)),
    ...pathConflicts(source.sources ?? [], path),
  ];
}

function projectionErrors(source: VolumeProjection, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (source.secret) errors.push(...fileSourceErrors(source.secret, `${path}.secret`, { field: 'name', value: source.secret.name }));
  if (source.configMap) errors.push(...fileSourceErrors(source.configMap, `${path}.configMap`, { field: 'name', value: source.configMap.name }));
  if (source.downwardAPI) errors.push(...downwardErrors(source.downwardAPI.items ?? [], `${path}.downwardAPI`));
  if (source.serviceAccountToken) errors.push(...tokenErrors(source.serviceAccountToken, path));
  return [...errors, ...Object.keys(source).slice(1).map(() => forbidden(path, 'may not specify more than 1 volume type per source'))];
}

function tokenErrors({ expirationSeconds = 0, path: file }: NonNullable<VolumeProjection['serviceAccountToken']>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seconds = `${path}.serviceAccountToken.expirationSeconds`;
  if (expirationSeconds < 600) errors.push(invalid(seconds, expirationSeconds, 'may not specify a duration less than 10 minutes'));
  if (expirationSeconds > 2 ** 32) errors.push(invalid(seconds, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'));
  const field = `${path.replace(/\.sources\[\d+\]$/, '')}.path`;
  return file ? [...errors, ...localNonReservedPath(field, file)] : [...errors, required(field)];
}

// Two sources must not write one file. Tokens are not looked at: the real server lets them pass.
function pathConflicts(sources: VolumeProjection[], path: string): FieldError[] {
  const seen = new Set<string>();
  return sources.flatMap((source) => {
    const files = [...(source.secret?.items ?? []), ...(source.configMap?.items ?? []), ...(source.downwardAPI?.items ?? [])];
    return files.flatMap((file) => {
      const taken = seen.has(file.path ?? '');
      if (file.path) seen.add(file.path);
      return taken ? [invalid(path, file.path, 'conflicting duplicate paths')] : [];
    });
  });
}

export function nfsErrors(source: NonNullable<Volume['nfs']>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!source.server) errors.push(required(`${path}.server`));
  if (!source.path) errors.push(required(`${path}.path`));
  if (!source.path?.startsWith('/')) errors.push(invalid(`${path}.path`, source.path ?? '', 'must be an absolute path'));
  return errors;
}

function csiErrors(source: CSIVolumeSource, path: string): FieldError[] {
  const errors = validateDriverName(source.driver, `${path}.driver`);
  const secret = source.nodePublishSecretRef;
  if (!secret) return errors;
  return secret.name ? [...errors, ...dns1123Subdomain(secret.name).map((text) => invalid(`${path}.name`, secret.name, text))] : [...errors, required(`${path}.nodePublishSecretRef.name`)];
}

export function validateDriverName(driver: string | undefined, field: string): FieldError[] {
  if (!driver) return [required(field)];
  const errors: FieldError[] = driver.length > 63 ? [tooLong(field, 63)] : [];
  return [...errors, ...dns1123Subdomain(driver.toLowerCase()).map((text) => invalid(field, driver, text))];
}

function ephemeralErrors({ ephemeral }: Volume, path: string): FieldError[] {
  const template = ephemeral?.volumeClaimTemplate;
  const at = `${path}.volumeClaimTemplate`;
  if (!template) return [required(at)];
  const { metadata = {}, spec = {} } = template;
  // The claim is named after the pod; only labels and annotations are handed on.
  const named = Object.keys(metadata).filter((field) => field !== 'labels' && field !== 'annotations');
  return [
    ...validateAnnotations(metadata.annotations, `${at}.metadata.annotations`),
    ...validateLabels(metadata.labels, `${at}.metadata.labels`),
    ...named.map((field) => forbidden(`${at}.metadata.${field}`, 'cannot be set')),
    ...validateClaimSpec(spec, `${at}.spec`),
  ];
}

function imageErrors({ pullPolicy }: NonNullable<Volume['image']>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const policies = ['Always', 'IfNotPresent', 'Never'];
  if (!pullPolicy) errors.push(required(`${path}.pullPolicy`));
  else if (!policies.includes(pullPolicy)) errors.push(notSupported(`${path}.pullPolicy`, pullPolicy, policies));
  return errors;
}
