import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from '#api/quantity';
import type { Quantity } from '#api/quantity';
import type { KubeObject } from '#api/object';
import type { Pod, ResourceQuota } from '#api/schema/kinds.generated';
import { quantitiesOf } from '#api/pod-quantities';
import { inScope } from './scopes.ts';
import { limitedUsage } from './usage.ts';
import type { Quantities } from '#api/pod-quantities';
import type { Counted } from './scopes.ts';

const ZERO = parseQuantity('0');

/** What a write takes more of than before: of each that the quota limits. */
export function delta(quota: ResourceQuota, what: Counted, { object, old }: { object: KubeObject; old: KubeObject | undefined }): Quantities {
  const before: Quantities = old === undefined ? new Map<string, Quantity>() : limitedUsage(quota, what, old);
  const more: Quantities = new Map();
  for (const [name, amount] of limitedUsage(quota, what, object)) {
    const nanos = amount.nanos - (before.get(name) ?? ZERO).nanos;
    if (nanos > 0n) more.set(name, { ...amount, nanos });
  }
  return more;
}

/** Why the quota forbids it, in the API server's words; undefined: it does not. */
export function quotaRefusal(quota: ResourceQuota, more: Quantities): string | undefined {
  const name = quota.metadata.name ?? '';
  const used = quantitiesOf(quota.status?.used);
  const hard = quantitiesOf(quota.status?.hard);
  const unknown = [...more.keys()].filter((resource) => !hard.has(resource)).sort();
  if (unknown.length > 0) return `status unknown for quota: ${name}, resources: ${unknown.join(',')}`;
  const exceeded = [...more].filter(([resource, amount]) => compareQuantities(addQuantities(used.get(resource) ?? ZERO, amount), hard.get(resource) ?? ZERO) > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  if (exceeded.length === 0) return undefined;
  const list = (of: Quantities): string => exceeded.map(([resource]) => `${resource}=${formatQuantity(of.get(resource) ?? ZERO)}`).join(',');
  return `exceeded quota: ${name}, requested: ${list(more)}, used: ${list(used)}, limited: ${list(hard)}`;
}

export function withUsage(quota: ResourceQuota, more: Quantities): ResourceQuota {
  const used = { ...quota.status?.used };
  for (const [name, amount] of more) used[name] = formatQuantity(addQuantities(parseQuantity(String(used[name] ?? '0')), amount));
  return { ...quota, status: { ...quota.status, used } };
}

const MUST_SAY = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];

/** A limited amount must be stated by each container, or it could not be counted. */
export function unstated(quota: ResourceQuota, pod: Pod): string | undefined {
  if (!inScope(quota, { group: '', resource: 'pods' }, pod)) return undefined;
  const missing = MUST_SAY.filter((name) => Object.hasOwn(quota.spec?.hard ?? {}, name)).flatMap((name) => {
    const silent = (pod.spec?.containers ?? []).concat(pod.spec?.initContainers ?? []).filter(({ resources }) => {
      const stated = name.startsWith('limits.') ? resources?.limits : resources?.requests;
      return stated?.[name.replace(/^(limits|requests)\./, '')] === undefined;
    });
    return silent.length === 0 ? [] : [`${name} for: ${silent.map((container) => container.name).sort().join(',')}`];
  });
  return missing.length === 0 ? undefined : `failed quota: ${quota.metadata.name ?? ''}: must specify ${missing.join('; ')}`;
}
