import { isEqual } from '../equal.ts';
import { forbidden, invalid, type FieldError } from '../field-error.ts';
import type { WrittenSubresource } from '../kind-rules.ts';
import type { Container, Pod, PodSpec, Toleration } from '../schema/kinds.generated.ts';
import { legacyIpProblems } from './addresses.ts';
import { dns1123Subdomain } from './names.ts';
import { optionalName } from './references.ts';

const ONLY_THESE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,' +
  '`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** A pod is what it was created as, but for images, a shorter deadline and more tolerations; the rest goes through its subresources. */
export function validatePodUpdate(pod: Pod, old: Pod, subresource?: WrittenSubresource): FieldError[] {
  const spec = pod.spec ?? { containers: [] };
  const oldSpec = old.spec ?? { containers: [] };
  if (subresource === 'binding') return [];
  if (subresource === 'ephemeralcontainers') return onlyMore(spec, oldSpec);
  if (subresource === 'resize') return onlyResources(spec, oldSpec);
  const errors = containerCountErrors(spec, oldSpec);
  if (errors.length > 0) return errors;
  return [...deadlineErrors(spec, oldSpec), ...gateErrors(spec, oldSpec), ...tolerationErrors(spec, oldSpec), ...restErrors(spec, oldSpec)];
}

export function validatePodStatusUpdate({ status = {} }: Pod, { status: old = {} }: Pod): FieldError[] {
  const errors: FieldError[] = (status.podIPs ?? []).flatMap(({ ip = '' }, i) => legacyIpProblems(ip).map((text) => invalid(`status.podIPs[${i}]`, ip, text)));
  if (old.qosClass && status.qosClass !== old.qosClass) errors.push(invalid('status.qosClass', status.qosClass, 'Pod QoS is immutable'));
  return [...errors, ...optionalName('status.nominatedNodeName', status.nominatedNodeName, dns1123Subdomain)];
}

function containerCountErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.containers.length !== old.containers.length) errors.push(forbidden('spec.containers', 'pod updates may not add or remove containers'));
  if ((spec.initContainers?.length ?? 0) !== (old.initContainers?.length ?? 0)) errors.push(forbidden('spec.initContainers', 'pod updates may not add or remove containers'));
  return errors;
}

function deadlineErrors({ activeDeadlineSeconds: seconds }: PodSpec, { activeDeadlineSeconds: old }: PodSpec): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (old === undefined) return [];
  if (seconds === undefined) return [invalid(field, undefined, 'must not update from a positive integer to nil value')];
  return seconds > old ? [invalid(field, seconds, 'must be less than or equal to previous value')] : [];
}

function gateErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  return (spec.schedulingGates ?? []).flatMap(({ name }, i) =>
    before.has(name) ? [] : [forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)],
  );
}

function tolerationErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const kept = (old.tolerations ?? []).every((toleration) => (spec.tolerations ?? []).some((other) => isSameToleration(toleration, other)));
  return kept ? [] : [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function isSameToleration(a: Toleration, b: Toleration): boolean {
  return isEqual({ ...a, tolerationSeconds: undefined }, { ...b, tolerationSeconds: undefined });
}

function restErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const allowed: PodSpec = { ...spec, containers: withImages(spec.containers, old.containers) };
  if (spec.initContainers) allowed.initContainers = withImages(spec.initContainers, old.initContainers ?? []);
  const gated = (old.schedulingGates?.length ?? 0) > 0;
  const free: (keyof PodSpec)[] = ['activeDeadlineSeconds', 'tolerations', 'schedulingGates', ...(gated ? (['nodeSelector', 'affinity'] as const) : [])];
  const shortened = (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  if (shortened) free.push('terminationGracePeriodSeconds');
  const strip = (whole: PodSpec) => ({ ...whole, ...Object.fromEntries(free.map((field) => [field, undefined])) });
  return isEqual(strip(allowed), strip(old)) ? [] : [forbidden('spec', ONLY_THESE)];
}

function withImages(containers: Container[], old: Container[]): Container[] {
  return containers.map((container, i) => {
    const image = old[i]?.image;
    return image === undefined ? container : { ...container, image };
  });
}

function onlyMore(spec: PodSpec, old: PodSpec): FieldError[] {
  const containers = spec.ephemeralContainers ?? [];
  const missing = (old.ephemeralContainers ?? []).filter((before) => !containers.some((container) => container.name === before.name));
  const changed = (old.ephemeralContainers ?? []).filter((before) => containers.some((container) => container.name === before.name && !isEqual(container, before)));
  return [
    ...missing.map(({ name }) => forbidden('spec.ephemeralContainers', `existing ephemeral containers ${JSON.stringify(name)} may not be removed\n`)),
    ...changed.map(({ name }) => forbidden('spec.ephemeralContainers', `existing ephemeral containers ${JSON.stringify(name)} may not be changed\n`)),
  ];
}

function onlyResources(spec: PodSpec, old: PodSpec): FieldError[] {
  const strip = (whole: PodSpec) => ({
    ...whole,
    containers: whole.containers.map((container) => ({ ...container, resources: undefined, resizePolicy: undefined })),
    initContainers: whole.initContainers?.map((container) => ({ ...container, resources: undefined, resizePolicy: undefined })),
  });
  return isEqual(strip(spec), strip(old)) ? [] : [forbidden('spec', 'only cpu and memory resources are mutable')];
}
