import { isEqual } from '../equal.ts';
import { forbidden, invalid, required, tooLong, type FieldError } from '../field-error.ts';
import type { PersistentVolumeSpec, VolumeAttachment } from '../schema/kinds.generated.ts';
import { dns1123Subdomain, utf8Length } from './names.ts';
import { validatePersistentVolumeSpec } from './persistent-volume.ts';

const MAX_DRIVER = 63;

export function validateVolumeAttachment({ spec }: VolumeAttachment): FieldError[] {
  const { attacher = '', source = {}, nodeName = '' } = spec ?? {};
  const errors: FieldError[] = attacher === '' ? [required('spec.attacher')] : [];
  if (utf8Length(attacher) > MAX_DRIVER) errors.push(tooLong('spec.attacher', MAX_DRIVER));
  if (attacher !== '') errors.push(...dns1123Subdomain(attacher.toLowerCase()).map((text) => invalid('spec.attacher', attacher, text)));
  return [...errors, ...sourceErrors(source), ...dns1123Subdomain(nodeName).map((text) => invalid('spec.nodeName', nodeName, text))];
}

export function validateVolumeAttachmentUpdate({ spec }: VolumeAttachment, { spec: old }: VolumeAttachment): FieldError[] {
  return isEqual(spec, old) ? [] : [invalid('spec', spec, 'field is immutable')];
}

function sourceErrors({ inlineVolumeSpec: inline, persistentVolumeName: name }: VolumeAttachment['spec']['source']): FieldError[] {
  const text = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inline && name !== undefined) return [forbidden('spec.source', text)];
  if (name !== undefined) return dns1123Subdomain(name).map((problem) => invalid('spec.source.persistentVolumeName', name, problem));
  return inline ? inlineErrors(inline, 'spec.source.inlineVolumeSpec') : [required('spec.source', text)];
}

// A volume inside a pod, from before CSI: it has neither size, nor class, nor claim.
function inlineErrors(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const context = 'in the context of inline volumes';
  const errors: FieldError[] = [];
  for (const field of ['claimRef', 'nodeAffinity', 'volumeAttributesClassName'] as const) {
    if (spec[field] !== undefined) errors.push(forbidden(`${path}.${field}`, `may not be specified ${context}`));
  }
  if (Object.keys(spec.capacity ?? {}).length > 0) errors.push(forbidden(`${path}.capacity`, `may not be specified ${context}`));
  if (spec.storageClassName) errors.push(forbidden(`${path}.storageClassName`, `may not be specified ${context}`));
  if (!spec.csi) errors.push(required(`${path}.csi`, `has to be specified ${context}`));
  if (spec.persistentVolumeReclaimPolicy && spec.persistentVolumeReclaimPolicy !== 'Retain') errors.push(forbidden(`${path}.persistentVolumeReclaimPolicy`, `may only be Retain ${context}`));
  if (spec.volumeMode !== undefined && spec.volumeMode !== 'Filesystem') errors.push(forbidden(`${path}.volumeMode`, `may not specify volumeMode other than Filesystem ${context}`));
  return [...errors, ...validatePersistentVolumeSpec(spec, path)];
}
