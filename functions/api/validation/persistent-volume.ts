import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { CSIPersistentVolumeSource, PersistentVolume, PersistentVolumeSpec, SecretReference } from '../schema/kinds.generated.ts';
import { validateNodeSelector } from './affinity.ts';
import { dns1123Label, dns1123Subdomain } from './names.ts';
import { portalProblems, validateNetworkDisk } from './network-disks.ts';
import { ACCESS_MODES } from './persistent-volume-claim.ts';
import { noBacksteps, optionalName, requiredName } from './references.ts';
import { validatePositiveQuantity } from './resources.ts';
import { hostPathErrors, nfsErrors, validateDriverName } from './volumes.ts';

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];

export function validatePersistentVolume({ metadata, spec = {} }: PersistentVolume): FieldError[] {
  return [
    ...validatePersistentVolumeSpec(spec, 'spec'),
    ...portalProblems(metadata.name ?? '', spec).map((text) => invalid('spec.iscsi.targetportal', spec.iscsi?.targetPortal, text)),
    ...capacityErrors(spec.capacity),
    ...(spec.persistentVolumeReclaimPolicy && !RECLAIM_POLICIES.includes(spec.persistentVolumeReclaimPolicy)
      ? [notSupported('spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, RECLAIM_POLICIES)]
      : []),
    ...affinityErrors(spec),
    ...optionalName('spec.storageClassName', spec.storageClassName, dns1123Subdomain),
    ...(spec.volumeMode !== undefined && !['Block', 'Filesystem'].includes(spec.volumeMode) ? [notSupported('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem'])] : []),
    ...attributesClassErrors(spec),
  ];
}

/** What volumes of the cluster and those inside a VolumeAttachment have in common: how they are accessed, and where they are. */
export function validatePersistentVolumeSpec(spec: PersistentVolumeSpec, path: string): FieldError[] {
  return [...accessModeErrors(spec.accessModes ?? [], `${path}.accessModes`), ...sourceErrors(spec, path)];
}

/** Where the data is does not change; who has it, and what is done with it, may. */
export function sourceOf(spec: PersistentVolumeSpec): Partial<PersistentVolumeSpec> {
  return Object.fromEntries(SOURCES.filter((source) => spec[source] !== undefined).map((source) => [source, spec[source]]));
}

function accessModeErrors(modes: string[], field: string): FieldError[] {
  if (modes.length === 0) return [required(field)];
  const errors = modes.filter((mode) => !ACCESS_MODES.includes(mode)).map((mode) => notSupported(field, mode, ACCESS_MODES));
  const isAlone = modes.every((mode) => mode === 'ReadWriteOncePod') || !modes.includes('ReadWriteOncePod');
  return isAlone ? errors : [...errors, forbidden(field, 'may not use ReadWriteOncePod with other access modes')];
}

function capacityErrors(capacity: PersistentVolumeSpec['capacity']): FieldError[] {
  const names = Object.keys(capacity ?? {});
  const errors: FieldError[] = names.length === 0 ? [required('spec.capacity')] : [];
  if (names.length !== 1 || names[0] !== 'storage') errors.push(notSupported('spec.capacity', capacity ?? null, ['storage']));
  return [...errors, ...Object.entries(capacity ?? {}).flatMap(([name, amount]) => validatePositiveQuantity(`spec.capacity[${name}]`, amount))];
}

function affinityErrors({ nodeAffinity }: PersistentVolumeSpec): FieldError[] {
  if (!nodeAffinity) return [];
  if (!nodeAffinity.required) return [required('spec.nodeAffinity.required', 'must specify required node constraints')];
  return validateNodeSelector(nodeAffinity.required, 'spec.nodeAffinity.required');
}

type SourceName = Exclude<
  keyof PersistentVolumeSpec,
  'capacity' | 'accessModes' | 'claimRef' | 'persistentVolumeReclaimPolicy' | 'storageClassName' | 'mountOptions' | 'volumeMode' | 'nodeAffinity' | 'volumeAttributesClassName'
>;

// In the order in which the real server looks, because the first of several sources counts.
const SOURCES: SourceName[] = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'flocker', 'nfs', 'rbd', 'quobyte', 'cephfs', 'iscsi', 'cinder', 'fc', 'flexVolume', 'azureFile',
  'vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'scaleIO', 'local', 'storageos', 'csi',
];

function sourceErrors(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const [first, ...others] = SOURCES.filter((source) => spec[source]);
  if (first === undefined) return [required(path, 'must specify a volume type')];
  const at = `${path}.${first}`;
  const errors = [...(OWN_RULES[first]?.(spec, at) ?? validateNetworkDisk(spec, first, at)), ...(FURTHER[first]?.(spec, at) ?? [])];
  errors.push(...others.map((source) => forbidden(`${path}.${source}`, 'may not specify more than 1 volume type')));
  if (/^\/+$/.test(spec.hostPath?.path ?? '') && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    errors.push(forbidden(`${path}.persistentVolumeReclaimPolicy`, "may not be 'recycle' for a hostPath mount of '/'"));
  }
  return errors;
}

type SourceRules = Partial<Record<SourceName, (spec: PersistentVolumeSpec, path: string) => FieldError[]>>;

const OWN_RULES: SourceRules = {
  hostPath: ({ hostPath }, path) => hostPathErrors(hostPath ?? { path: '' }, path),
  nfs: ({ nfs }, path) => nfsErrors(nfs ?? { server: '', path: '' }, path),
  local: ({ local, nodeAffinity }, path) => [
    ...(local?.path ? noBacksteps(`${path}.path`, local.path) : [required(`${path}.path`)]),
    ...(nodeAffinity ? [] : [required('spec.nodeAffinity', 'Local volume requires node affinity')]),
  ],
  // Its secret's name may be empty here.
  flexVolume: ({ flexVolume }, path) => (flexVolume?.driver ? [] : [required(`${path}.driver`)]),
  csi: ({ csi }, path) => csiErrors(csi ?? { driver: '', volumeHandle: '' }, path),
};

// What a volume of the cluster says more than one of a pod: its secrets may be in any namespace.
const FURTHER: SourceRules = {
  glusterfs: ({ glusterfs }, path) =>
    glusterfs?.endpointsNamespace === undefined ? [] : dns1123Label(glusterfs.endpointsNamespace).map((text) => invalid(`${path}.endpointsNamespace`, glusterfs.endpointsNamespace, text)),
  cinder: ({ cinder }, path) => (cinder?.secretRef && !cinder.secretRef.namespace ? [required(`${path}.secretRef.namespace`)] : []),
  storageos: ({ storageos }, path) => (storageos?.secretRef && !storageos.secretRef.namespace ? [required(`${path}.secretRef.namespace`)] : []),
  iscsi: ({ iscsi }, path) => (iscsi?.secretRef && !iscsi.secretRef.name ? [required(`${path}.secretRef.name`)] : []),
  azureFile: ({ azureFile }, path) => (azureFile?.secretNamespace === '' ? [required(`${path}.secretNamespace`)] : []),
};

function csiErrors(csi: CSIPersistentVolumeSource, path: string): FieldError[] {
  const judged = (reference: SecretReference | undefined, field: string): FieldError[] =>
    reference ? [...requiredName(`${path}.${field}.name`, reference.name, dns1123Subdomain), ...requiredName(`${path}.${field}.namespace`, reference.namespace, dns1123Label)] : [];
  return [
    ...validateDriverName(csi.driver, `${path}.driver`),
    ...(csi.volumeHandle ? [] : [required(`${path}.volumeHandle`)]),
    ...judged(csi.controllerPublishSecretRef, 'controllerPublishSecretRef'),
    ...judged(csi.controllerExpandSecretRef, 'controllerExpandSecretRef'),
    ...judged(csi.nodePublishSecretRef, 'nodePublishSecretRef'),
    ...judged(csi.nodeExpandSecretRef, 'nodeExpandSecretRef'),
  ];
}

function attributesClassErrors({ volumeAttributesClassName: name, csi }: PersistentVolumeSpec): FieldError[] {
  if (name === undefined) return [];
  if (name === '') return [required('spec.volumeAttributesClassName', 'an empty string is disallowed')];
  const errors = dns1123Subdomain(name).map((text) => invalid('spec.volumeAttributesClassName', name, text));
  return csi ? errors : [...errors, required('spec.csi', 'has to be specified when using volumeAttributesClassName')];
}
