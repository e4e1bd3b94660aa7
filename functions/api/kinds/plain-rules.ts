import { isEqual } from '../equal.ts';
import { invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type {
  ControllerRevision, CSINode, CSIStorageCapacity, IngressClass, IPAddress, PodDisruptionBudget, RuntimeClass, ServiceCIDR, VolumeAttachment, VolumeAttributesClass,
} from '../schema/kinds.generated.ts';
import { canonicalIpProblems } from '../validation/addresses.ts';
import { validateIngressClass } from '../validation/ingress.ts';
import { notOver100Percent, validateIntOrPercent } from '../validation/int-or-percent.ts';
import { validateLabelSelector } from '../validation/label-selector.ts';
import { dns1123Label } from '../validation/names.ts';
import { nonNegative } from '../validation/numbers.ts';
import { validateLabels } from '../validation/object-meta.ts';
import { requiredName } from '../validation/references.ts';
import { validateOverhead } from '../validation/resources.ts';
import { repeatedTolerations, validateTolerations } from '../validation/scheduling.ts';
import { validateIpAddress, validateIpAddressUpdate, validateServiceCidr, validateServiceCidrUpdate } from '../validation/service-ranges.ts';
import {
  validateCsiNode, validateCsiStorageCapacity, validateCsiStorageCapacityUpdate, validateVolumeAttributesClass, validateVolumeAttributesClassUpdate,
} from '../validation/storage.ts';
import { validateVolumeAttachment, validateVolumeAttachmentUpdate } from '../validation/volume-attachment.ts';
import { specChanged } from './generation.ts';

// Kinds that are hardly more than what they say: their columns are in `listing.ts`.

export const controllerRevisionRules: KindRules<ControllerRevision> = {
  validate: ({ data, revision }) => [...(data === undefined ? [required('data', 'data is mandatory')] : isObject(data) ? [] : [required('data', 'data must be a valid JSON object')]), ...nonNegative('revision', revision)],
  validateUpdate: ({ data }, old) => (isEqual(data, old.data) ? [] : [invalid('data', data, 'field is immutable')]),
};

export const csiNodeRules: KindRules<CSINode> = { validate: validateCsiNode };

export const csiStorageCapacityRules: KindRules<CSIStorageCapacity> = { validate: validateCsiStorageCapacity, validateUpdate: validateCsiStorageCapacityUpdate };

export const volumeAttachmentRules: KindRules<VolumeAttachment> = { validate: validateVolumeAttachment, validateUpdate: validateVolumeAttachmentUpdate };

export const volumeAttributesClassRules: KindRules<VolumeAttributesClass> = { validate: validateVolumeAttributesClass, validateUpdate: validateVolumeAttributesClassUpdate };

export const ingressClassRules: KindRules<IngressClass> = {
  setDefaults: ({ spec }) => {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
  },
  isNewGeneration: specChanged,
  validate: validateIngressClass,
  validateUpdate: ({ spec }, { spec: old }) => (spec?.controller === old?.controller ? [] : [invalid('spec.controller', spec?.controller, 'field is immutable')]),
};

export const ipAddressRules: KindRules<IPAddress> = { name: canonicalIpProblems, validate: validateIpAddress, validateUpdate: validateIpAddressUpdate };

export const serviceCidrRules: KindRules<ServiceCIDR> = { validate: validateServiceCidr, validateUpdate: validateServiceCidrUpdate };

export const runtimeClassRules: KindRules<RuntimeClass> = {
  validate: ({ handler, overhead, scheduling }) => [
    ...requiredName('handler', handler, dns1123Label),
    ...validateOverhead(overhead?.podFixed ?? {}, 'overhead'),
    ...validateLabels(scheduling?.nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(scheduling?.tolerations ?? [], 'scheduling.tolerations'),
    ...repeatedTolerations(scheduling?.tolerations ?? [], 'scheduling.tolerations'),
  ],
  validateUpdate: ({ handler }, old) => (handler === old.handler ? [] : [invalid('handler', handler, 'field is immutable')]),
};

export function validateDisruptionBudget({ spec = {} }: PodDisruptionBudget): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) errors.push(invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    if (spec[field] !== undefined) errors.push(...validateIntOrPercent(`spec.${field}`, spec[field]), ...notOver100Percent(`spec.${field}`, spec[field]));
  }
  errors.push(...validateLabelSelector(spec.selector, 'spec.selector'));
  const policy = spec.unhealthyPodEvictionPolicy;
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  return policy === undefined || policies.includes(policy) ? errors : [...errors, notSupported('spec.unhealthyPodEvictionPolicy', policy, policies)];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
