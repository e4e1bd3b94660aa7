import { duplicate, forbidden, invalid, notFound, required, type FieldError } from '../field-error.ts';
import { compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../quantity.ts';
import type { ResourceRequirements } from '../schema/kinds.generated.ts';
import { dns1123Label, qualifiedName } from './names.ts';

type ResourceClaim = NonNullable<ResourceRequirements['claims']>[number];
type Amounts = Record<string, string | number>;

const STANDARD_CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
const WHOLE_RESOURCES = new Set(['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers']);
const STANDARD_RESOURCES = new Set([
  ...WHOLE_RESOURCES, 'cpu', 'memory', 'ephemeral-storage', 'storage', 'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage',
  'limits.cpu', 'limits.memory', 'limits.ephemeral-storage',
]);
const NANO = 1_000_000_000n;

export function validateContainerResources({ limits = {}, requests = {}, claims = [] }: ResourceRequirements = {}, path: string, claimNames: ReadonlySet<string>): FieldError[] {
  const errors = Object.entries(limits).flatMap(([name, amount]) => amountErrors(name, amount, `${path}.limits[${name}]`));
  for (const [name, amount] of Object.entries(requests)) {
    errors.push(...amountErrors(name, amount, `${path}.requests[${name}]`), ...validateRequest(name, limits, { amount, path }));
  }
  errors.push(...validateHugePages(limits, requests, path), ...validateClaims(claims, `${path}.claims`, claimNames));
  return errors;
}

export function validateOverhead(overhead: Amounts, path: string): FieldError[] {
  return Object.entries(overhead).flatMap(([name, amount]) => amountErrors(name, amount, `${path}.limits[${name}]`));
}

export function validateNonNegativeQuantity(field: string, amount: string | number | undefined): FieldError[] {
  const quantity = amount === undefined ? undefined : parsedQuantity(amount);
  return quantity && quantity.nanos < 0n ? [invalid(field, String(amount), 'must be greater than or equal to 0')] : [];
}

/** Of a named resource: never below nothing, and whole where a part of one is none. */
export function validateAmount(name: string, amount: string | number, path: string): FieldError[] {
  const errors = validateNonNegativeQuantity(path, amount);
  const quantity = parsedQuantity(amount);
  return isIntegerResource(name) && quantity && quantity.nanos % NANO !== 0n ? [...errors, invalid(path, formatQuantity(quantity), 'must be an integer')] : errors;
}

/** What makes no sense at nothing: the room of a disk. */
export function validatePositiveQuantity(field: string, amount: string | number): FieldError[] {
  const quantity = parsedQuantity(amount);
  const errors = quantity && quantity.nanos < 0n ? [{ type: 'FieldValueInvalid' as const, field, message: `Invalid value: ${amount}: must be a valid resource quantity` }] : [];
  return quantity && quantity.nanos <= 0n ? [...errors, invalid(field, String(amount), 'must be greater than zero')] : errors;
}

/** undefined where the text is no quantity: decoding has refused it before. */
export function parsedQuantity(amount: string | number): Quantity | undefined {
  try {
    return parseQuantity(String(amount));
  } catch {
    return undefined;
  }
}

/** Names of the form `domain/device`; what Kubernetes itself counts is no extended resource. */
export function isExtendedResource(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
}

/** The name of anything that can be limited. */
export function resourceNameErrors(name: string, path: string): FieldError[] {
  const errors = qualifiedName(name).map((text) => invalid(path, name, text));
  if (errors.length > 0 || name.includes('/') || STANDARD_RESOURCES.has(name) || /^(requests\.)?hugepages-/.test(name)) return errors;
  return [invalid(path, name, 'must be a standard resource type or fully qualified')];
}

/** The name of what a container can have. */
export function containerResourceNameErrors(name: string, path: string): FieldError[] {
  const errors = resourceNameErrors(name, path);
  if (!name.includes('/')) return STANDARD_CONTAINER_RESOURCES.has(name) || isHugePages(name) ? errors : [...errors, invalid(path, name, 'must be a standard resource for containers')];
  if (errors.length > 0 || isExtendedResource(name) || name.includes('kubernetes.io/')) return errors;
  return [invalid(path, name, "doesn't follow extended resource name standard")];
}

/** What may be promised to more than can have it at once. */
export function isOvercommitAllowed(name: string): boolean {
  return !isExtendedResource(name) && !isHugePages(name);
}

/** Where a part of one is none. */
export function isIntegerResource(name: string): boolean {
  return WHOLE_RESOURCES.has(name) || isExtendedResource(name);
}

function amountErrors(name: string, amount: string | number, path: string): FieldError[] {
  return [...containerResourceNameErrors(name, path), ...validateAmount(name, amount, path)];
}

/** That no more is asked for than may be used. */
export function validateRequest(name: string, limits: Amounts, { amount, path }: { amount: string | number; path: string }): FieldError[] {
  const field = `${path}.requests`;
  const limit = limits[name];
  if (limit === undefined) return isExtendedResource(name) || isHugePages(name) ? [required(`${path}.limits`, 'Limit must be set for non overcommitable resources')] : [];
  const asked = parsedQuantity(amount);
  const most = parsedQuantity(limit);
  if (!asked || !most) return [];
  const order = compareQuantities(asked, most);
  if (order !== 0 && (isExtendedResource(name) || isHugePages(name))) return [invalid(field, String(amount), `must be equal to ${name} limit of ${limit}`)];
  return order > 0 ? [invalid(field, String(amount), `must be less than or equal to ${name} limit of ${limit}`)] : [];
}

/** They are no use without a processor or other memory. */
export function validateHugePages(limits: Amounts, requests: Amounts, path: string): FieldError[] {
  const names = Object.keys({ ...limits, ...requests });
  if (!names.some(isHugePages) || names.includes('cpu') || names.includes('memory')) return [];
  return [forbidden(path, 'HugePages require cpu or memory')];
}

export function validateClaims(claims: ResourceClaim[], path: string, known: ReadonlySet<string>): FieldError[] {
  const keys = claims.map(({ name, request }) => (request ? `${name}/${request}` : name));
  const repeated = keys.flatMap((key, i) => (keys.indexOf(key) < i ? [duplicate(`${path}[${i}]`, key)] : []));
  return [...claims.flatMap((claim, i) => claimErrors(claim, `${path}[${i}]`, known)), ...repeated];
}

function claimErrors({ name, request }: ResourceClaim, path: string, known: ReadonlySet<string>): FieldError[] {
  if (!name) return [required(path)];
  const errors = known.has(name) ? [] : [{ ...notFound(path, name), message: `${notFound(path, name).message}: must be one of the names in pod.spec.resourceClaims${known.size > 0 ? `: ${[...known].join(', ')}` : ' which is empty'}` }];
  return [...errors, ...(request ? dns1123Label(request).map((text) => invalid(`${path}.request`, request, text)) : [])];
}

export function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}
