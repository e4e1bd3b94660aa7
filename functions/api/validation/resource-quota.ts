import { invalid, required, type FieldError } from '../field-error.ts';
import type { ResourceQuota, ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../schema/kinds.generated.ts';
import { isEqual } from '../equal.ts';
import { isIntegerResource, parsedQuantity, resourceNameErrors, validateNonNegativeQuantity } from './resources.ts';

type Scope = 'Terminating' | 'NotTerminating' | 'BestEffort' | 'NotBestEffort' | 'PriorityClass' | 'CrossNamespacePodAffinity' | 'VolumeAttributesClass';

const COUNTED = ['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps', 'services.nodeports', 'services.loadbalancers'];
const COMPUTE = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory', 'ephemeral-storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage'];
const STANDARD = new Set([...COUNTED, ...COMPUTE, 'requests.storage']);
const OF_PODS = new Set([...COMPUTE, 'pods']);

// What a quota of a scope can count at all.
const COUNTED_IN: Record<Scope, ReadonlySet<string>> = {
  Terminating: OF_PODS,
  NotTerminating: OF_PODS,
  NotBestEffort: OF_PODS,
  PriorityClass: OF_PODS,
  CrossNamespacePodAffinity: OF_PODS,
  BestEffort: new Set(['pods']),
  VolumeAttributesClass: new Set(['persistentvolumeclaims', 'requests.storage']),
};
const CONFLICTING: [Scope, Scope][] = [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']];
const WITH_VALUES: readonly string[] = ['PriorityClass', 'VolumeAttributesClass'];

export function validateResourceQuota({ spec = {} }: ResourceQuota): FieldError[] {
  return [
    ...Object.entries(spec.hard ?? {}).flatMap(([name, amount]) => [...quotaNameErrors(name, `spec.hard[${name}]`), ...amountErrors(name, amount, `spec.hard[${name}]`)]),
    ...scopeErrors(spec),
    ...selectorErrors(spec),
  ];
}

/** What is counted stays; how much of it may be had changes. */
export function validateResourceQuotaUpdate({ spec = {} }: ResourceQuota, { spec: old = {} }: ResourceQuota): FieldError[] {
  const sorted = (scopes: string[] = []) => [...new Set(scopes)].sort();
  return isEqual(sorted(spec.scopes), sorted(old.scopes)) ? [] : [invalid('spec.scopes', spec.scopes ?? null, 'field is immutable')];
}

function quotaNameErrors(name: string, field: string): FieldError[] {
  const errors = resourceNameErrors(name, field);
  return name.includes('/') || isStandard(name) ? errors : [...errors, invalid(field, name, 'must be a standard resource for quota')];
}

function amountErrors(name: string, amount: string | number, field: string): FieldError[] {
  const errors = validateNonNegativeQuantity(field, amount);
  const nanos = parsedQuantity(amount)?.nanos ?? 0n;
  if (isIntegerResource(name) && nanos % 1_000_000_000n !== 0n) errors.push(invalid(field, String(amount), 'must be an integer'));
  return errors;
}

function scopeErrors({ scopes = [], hard }: ResourceQuotaSpec): FieldError[] {
  const errors = scopes.flatMap((scope) => {
    if (!isScope(scope)) return [invalid('spec.scopes', scopes, 'unsupported scope')];
    return uncounted(scope, hard).map(() => invalid('spec.scopes', scopes, 'unsupported scope applied to resource'));
  });
  return [...errors, ...conflicts(scopes).map(() => invalid('spec.scopes', scopes, 'conflicting scopes'))];
}

function selectorErrors({ scopeSelector, hard }: ResourceQuotaSpec): FieldError[] {
  const path = 'spec.scopeSelector.matchExpressions';
  const requirements = scopeSelector?.matchExpressions ?? [];
  const errors = requirements.flatMap((requirement) => {
    const { scopeName } = requirement;
    const named = isScope(scopeName) ? uncounted(scopeName, hard).map(() => invalid('spec.scopeSelector', requirements, 'unsupported scope applied to resource')) : [invalid(`${path}.scopeName`, scopeName ?? '', 'unsupported scope')];
    return [...named, ...operatorErrors(requirement, path)];
  });
  return [...errors, ...conflicts(requirements.map(({ scopeName }) => scopeName)).map(() => invalid('spec.scopeSelector', requirements, 'conflicting scopes'))];
}

function operatorErrors({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (isScope(scopeName) && !WITH_VALUES.includes(scopeName) && operator !== 'Exists') {
    const scopes = 'ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity';
    errors.push(invalid(`${path}.operator`, operator ?? '', `must be 'Exist' when scope is any of ${scopes}`));
  }
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) errors.push(invalid(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
  } else {
    errors.push(invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  }
  return errors;
}

function uncounted(scope: Scope, hard: ResourceQuotaSpec['hard']): string[] {
  return Object.keys(hard ?? {}).filter((name) => isStandard(name) && !COUNTED_IN[scope].has(name) && !(COUNTED_IN[scope] === OF_PODS && name.startsWith('requests.hugepages-')));
}

function conflicts(scopes: string[]): [Scope, Scope][] {
  return CONFLICTING.filter((pair) => pair.every((scope) => scopes.includes(scope)));
}

function isStandard(name: string): boolean {
  return STANDARD.has(name) || /^(requests\.)?hugepages-/.test(name);
}

function isScope(scope: string | undefined): scope is Scope {
  return scope !== undefined && Object.hasOwn(COUNTED_IN, scope);
}
