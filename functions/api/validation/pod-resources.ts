import { forbidden, invalid, notSupported, type FieldError } from '../field-error.ts';
import { containerQuantities } from '../pod-quantities.ts';
import { compareQuantities, formatQuantity } from '../quantity.ts';
import type { PodSpec } from '../schema/kinds.generated.ts';
import { isHugePages, parsedQuantity, resourceNameErrors, validateAmount, validateClaims, validateHugePages, validateRequest } from './resources.ts';

type Amounts = Record<string, string | number>;

const SUPPORTED = ['cpu', 'hugepages-', 'memory'];

/** What can be had by a pod as a whole, for its containers to share. */
export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || isHugePages(name);
}

/** Room for the whole pod: of resources that can be shared, and enough for what its containers ask for. */
export function validatePodResources(spec: PodSpec, path: string): FieldError[] {
  const { limits = {}, requests = {}, claims = [] } = spec.resources ?? {};
  return [
    ...Object.entries(limits).flatMap(([name, amount]) => amountErrors(name, amount, `${path}.limits[${name}]`)),
    ...Object.entries(requests).flatMap(([name, amount]) => [...amountErrors(name, amount, `${path}.requests[${name}]`), ...validateRequest(name, limits, { amount, path })]),
    ...validateHugePages(limits, requests, path),
    ...(claims.length > 0 ? [forbidden(`${path}.claims`, 'claims may not be set for Resources at pod-level')] : []),
    ...validateClaims(claims, `${path}.claims`, new Set((spec.resourceClaims ?? []).map(({ name }) => name))),
    ...sharedErrors(spec, requests, `${path}.requests`),
    ...containerErrors(spec, limits, `${path}.containers`),
  ];
}

function amountErrors(name: string, amount: string | number, field: string): FieldError[] {
  const errors = resourceNameErrors(name, field);
  if (errors.length > 0) return errors;
  return isPodLevelResource(name) ? validateAmount(name, amount, field) : [notSupported(field, name, SUPPORTED)];
}

function sharedErrors(spec: PodSpec, requests: Amounts, path: string): FieldError[] {
  const asked = containerQuantities(spec, 'requests');
  return Object.entries(requests).flatMap(([name, amount]) => {
    const [whole, parts] = [parsedQuantity(amount), asked.get(name)];
    if (!whole || !parts || compareQuantities(parts, whole) <= 0) return [];
    return [invalid(`${path}[${name}]`, String(amount), `must be greater than or equal to aggregate container requests of ${formatQuantity(parts)}`)];
  });
}

function containerErrors({ containers = [] }: PodSpec, limits: Amounts, path: string): FieldError[] {
  return containers.flatMap(({ resources }, i) =>
    Object.entries(resources?.limits ?? {}).flatMap(([name, amount]) => {
      const [own, whole] = [parsedQuantity(amount), limits[name] === undefined ? undefined : parsedQuantity(limits[name])];
      if (!own || !whole || compareQuantities(own, whole) <= 0) return [];
      return [invalid(`${path}[${i}][${name}].limits`, String(amount), `must be less than or equal to pod limits of ${formatQuantity(whole)}`)];
    }),
  );
}
