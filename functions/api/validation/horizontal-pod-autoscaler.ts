import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { HorizontalPodAutoscaler, HPAScalingRules, MetricSpec, MetricTarget } from '../schema/kinds.generated.ts';
import { dns1123Label, pathSegmentName } from './names.ts';
import { requiredName } from './references.ts';
import { containerResourceNameErrors, parsedQuantity, validateNonNegativeQuantity } from './resources.ts';

const SOURCES = { ContainerResource: 'containerResource', External: 'external', Object: 'object', Pods: 'pods', Resource: 'resource' } as const;
const SOURCE_TYPES = Object.keys(SOURCES);
const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue'];
const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const MAX_WINDOW_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

export function validateHorizontalPodAutoscaler({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec ?? {};
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < 1) errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas === 0) errors.push(required('spec.maxReplicas', 'must be set and greater than 0'));
  else if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  errors.push(...referenceErrors(scaleTargetRef ?? {}, 'spec.scaleTargetRef'), ...groupErrors(scaleTargetRef?.apiVersion ?? '', scaleTargetRef?.kind));
  errors.push(...metrics.flatMap((metric, i) => metricErrors(metric, `spec.metrics[${i}]`)));
  return [...errors, ...rulesErrors(behavior?.scaleUp, 'spec.behavior.scaleUp'), ...rulesErrors(behavior?.scaleDown, 'spec.behavior.scaleDown')];
}

interface Reference {
  apiVersion?: string;
  kind?: string;
  name?: string;
}

function referenceErrors({ kind, name }: Reference, path: string): FieldError[] {
  return [...requiredName(`${path}.kind`, kind, pathSegmentName), ...requiredName(`${path}.name`, name, pathSegmentName)];
}

// Of the core group only ReplicationControllers scale.
function groupErrors(apiVersion: string, kind: string | undefined): FieldError[] {
  if (/^[^/]+\/[^/]*$/.test(apiVersion) || (kind === 'ReplicationController' && apiVersion === 'v1')) return [];
  return [invalid('spec.scaleTargetRef.apiVersion', apiVersion, 'apiVersion must specify API group')];
}

function metricErrors(metric: MetricSpec, path: string): FieldError[] {
  const { type } = metric;
  const errors: FieldError[] = [];
  if (!type) errors.push(required(`${path}.type`, 'must specify a metric source type'));
  if (!isSourceType(type)) errors.push(notSupported(`${path}.type`, type ?? '', SOURCE_TYPES));
  const present = (['object', 'external', 'pods', 'resource', 'containerResource'] as const).filter((source) => metric[source]);
  const [first] = present;
  if (first !== undefined) errors.push(...sourceErrors(metric, first, `${path}.${first}`));
  if (!isSourceType(type)) return errors;
  const expected = SOURCES[type];
  if (!metric[expected]) errors.push(required(`${path}.${expected}`, 'must populate information for the given metric source'));
  return present.length === 1 ? errors : [...errors, ...present.filter((source) => source !== expected).map((source) => forbidden(`${path}.${source}`, 'must populate the given metric source only'))];
}

function isSourceType(type: string | undefined): type is keyof typeof SOURCES {
  return SOURCE_TYPES.includes(type ?? '');
}

function sourceErrors(metric: MetricSpec, source: string, path: string): FieldError[] {
  if (source === 'object') return objectErrors(metric.object, path);
  if (source === 'external') return externalErrors(metric.external, path);
  if (source === 'pods') return podsErrors(metric.pods, path);
  const given = metric.containerResource ?? metric.resource;
  const errors: FieldError[] = given?.name ? [] : [required(`${path}.name`, 'must specify a resource name')];
  if (source === 'containerResource') {
    if (given?.name) errors.push(...containerResourceNameErrors(given.name, `${path}.name`));
    errors.push(...containerErrors(metric.containerResource?.container, `${path}.container`));
  }
  return [...errors, ...utilizationErrors(given?.target ?? {}, `${path}.target`)];
}

function objectErrors(object: MetricSpec['object'], path: string): FieldError[] {
  const target: Partial<MetricTarget> = object?.target ?? {};
  const errors = [...referenceErrors(object?.describedObject ?? {}, `${path}.describedObject`), ...identifierErrors(object?.metric, path), ...targetErrors(target, `${path}.target`)];
  return has(target.value) || has(target.averageValue) ? errors : [...errors, required(`${path}.target.averageValue`, 'must set either a target value or averageValue')];
}

function podsErrors(pods: MetricSpec['pods'], path: string): FieldError[] {
  const errors = [...identifierErrors(pods?.metric, path), ...targetErrors(pods?.target ?? {}, `${path}.target`)];
  return isPositive(pods?.target?.averageValue) ? errors : [...errors, required(`${path}.target.averageValue`, 'must specify a positive target averageValue')];
}

function containerErrors(name: string | undefined, field: string): FieldError[] {
  return name ? dns1123Label(name).map((text) => invalid(field, name, text)) : [required(field, 'must specify a container')];
}

function externalErrors(external: MetricSpec['external'], path: string): FieldError[] {
  const target: Partial<MetricTarget> = external?.target ?? {};
  const errors = [...identifierErrors(external?.metric, path), ...targetErrors(target, `${path}.target`)];
  if (!has(target.value) && !has(target.averageValue)) errors.push(required(`${path}.target.averageValue`, 'must set either a target value for metric or a per-pod target'));
  if (has(target.value) && has(target.averageValue)) errors.push(forbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target'));
  return errors;
}

function utilizationErrors(target: Partial<MetricTarget>, path: string): FieldError[] {
  const errors = targetErrors(target, path);
  if (!has(target.averageUtilization) && !has(target.averageValue)) errors.push(required(`${path}.averageUtilization`, 'must set either a target raw value or a target utilization'));
  if (has(target.averageUtilization) && has(target.averageValue)) errors.push(forbidden(`${path}.averageValue`, 'may not set both a target raw value and a target utilization'));
  return errors;
}

function identifierErrors(metric: { name?: string } | undefined, path: string): FieldError[] {
  const name = metric?.name;
  return name ? pathSegmentName(name).map((text) => invalid(`${path}.metric.name`, name, text)) : [required(`${path}.metric.name`, 'must specify a metric name')];
}

function targetErrors({ type, value, averageValue, averageUtilization }: Partial<MetricTarget>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!type) errors.push(required(`${path}.type`, 'must specify a metric target type'));
  if (!TARGET_TYPES.includes(type ?? '')) errors.push(invalid(`${path}.type`, type ?? '', 'must be either Utilization, Value, or AverageValue'));
  if (has(value) && !isPositive(value)) errors.push(invalid(`${path}.value`, String(value), 'must be positive'));
  if (has(averageValue) && !isPositive(averageValue)) errors.push(invalid(`${path}.averageValue`, String(averageValue), 'must be positive'));
  return has(averageUtilization) && averageUtilization < 1 ? [...errors, invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0')] : errors;
}

function rulesErrors(rules: HPAScalingRules | undefined, path: string): FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: seconds = 0, selectPolicy, policies = [], tolerance } = rules;
  const errors: FieldError[] = [];
  if (seconds < 0) errors.push(invalid(`${path}.stabilizationWindowSeconds`, seconds, 'must be greater than or equal to zero'));
  if (seconds > MAX_WINDOW_SECONDS) errors.push(invalid(`${path}.stabilizationWindowSeconds`, seconds, `must be less than or equal to ${MAX_WINDOW_SECONDS}`));
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(selectPolicy)) errors.push(notSupported(`${path}.selectPolicy`, selectPolicy, SELECT_POLICIES));
  if (policies.length === 0) errors.push(required(`${path}.policies`, 'must specify at least one Policy'));
  errors.push(...policies.flatMap((policy, i) => policyErrors(policy, `${path}.policies[${i}]`)));
  return [...errors, ...validateNonNegativeQuantity(`${path}.tolerance`, tolerance)];
}

function policyErrors({ type, value, periodSeconds }: { type?: string; value?: number; periodSeconds?: number }, path: string): FieldError[] {
  const errors: FieldError[] = ['Percent', 'Pods'].includes(type ?? '') ? [] : [notSupported(`${path}.type`, type ?? '', ['Percent', 'Pods'])];
  if ((value ?? 0) <= 0) errors.push(invalid(`${path}.value`, value ?? 0, 'must be greater than zero'));
  if ((periodSeconds ?? 0) <= 0) errors.push(invalid(`${path}.periodSeconds`, periodSeconds ?? 0, 'must be greater than zero'));
  if ((periodSeconds ?? 0) > MAX_PERIOD_SECONDS) errors.push(invalid(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${MAX_PERIOD_SECONDS}`));
  return errors;
}

function has<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function isPositive(amount: string | number | undefined): boolean {
  return amount !== undefined && (parsedQuantity(amount)?.nanos ?? 0n) > 0n;
}
