import { formatQuantity, parseQuantity } from '#api/quantity';
import type { Quantity } from '#api/quantity';
import type { LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '#api/schema/kinds.generated';
import { podQuantities, quantitiesOf } from '#api/pod-quantities';
import type { Quantities } from '#api/pod-quantities';

interface Subject {
  type: string;
  requests: Quantities;
  limits: Quantities;
}

/** Every rule that a pod breaks, in the API server's words. */
export function podLimitErrors(pod: Pod, ranges: LimitRange[]): string[] {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const each = containers.map(({ resources }): Subject => ({ type: 'Container', requests: quantitiesOf(resources?.requests), limits: quantitiesOf(resources?.limits) }));
  const whole: Subject = { type: 'Pod', requests: podQuantities(pod, 'requests'), limits: podQuantities(pod, 'limits') };
  return errorsOf([...each, whole], ranges);
}

export function claimLimitErrors({ spec }: PersistentVolumeClaim, ranges: LimitRange[]): string[] {
  return errorsOf([{ type: 'PersistentVolumeClaim', requests: quantitiesOf(spec?.resources?.requests), limits: new Map() }], ranges, 'request');
}

function errorsOf(subjects: Subject[], ranges: LimitRange[], bounded: 'limit' | 'request' = 'limit'): string[] {
  const items = ranges.flatMap(({ spec }) => spec?.limits ?? []);
  return items.flatMap((item) => subjects.filter(({ type }) => type === item.type).flatMap((subject) => itemErrors(item, subject, bounded)));
}

function itemErrors({ type, min, max, maxLimitRequestRatio }: LimitRangeItem, { requests, limits }: Subject, bounded: 'limit' | 'request'): string[] {
  return [
    ...[...quantitiesOf(min)].flatMap(([name, least]) => minError({ type, name, least }, requests.get(name), limits.get(name))),
    ...[...quantitiesOf(max)].flatMap(([name, most]) => maxError({ type, name, most, bounded }, requests.get(name), limits.get(name))),
    ...[...quantitiesOf(maxLimitRequestRatio)].flatMap(([name, most]) => ratioError({ type, name, most }, requests.get(name), limits.get(name))),
  ];
}

function minError({ type, name, least }: { type: string; name: string; least: Quantity }, request: Quantity | undefined, limit: Quantity | undefined): string[] {
  const rule = `minimum ${name} usage per ${type} is ${formatQuantity(least)}`;
  if (request === undefined) return [`${rule}.  No request is specified`];
  if (request.nanos < least.nanos) return [`${rule}, but request is ${formatQuantity(request)}`];
  return limit !== undefined && limit.nanos < least.nanos ? [`${rule}, but limit is ${formatQuantity(limit)}`] : [];
}

function maxError({ type, name, most, bounded }: { type: string; name: string; most: Quantity; bounded: 'limit' | 'request' }, request: Quantity | undefined, limit: Quantity | undefined): string[] {
  const rule = `maximum ${name} usage per ${type} is ${formatQuantity(most)}`;
  if (bounded === 'limit' && limit === undefined) return [`${rule}.  No limit is specified`];
  if (limit !== undefined && limit.nanos > most.nanos) return [`${rule}, but limit is ${formatQuantity(limit)}`];
  return request !== undefined && request.nanos > most.nanos ? [`${rule}, but request is ${formatQuantity(request)}`] : [];
}

function ratioError({ type, name, most }: { type: string; name: string; most: Quantity }, request: Quantity | undefined, limit: Quantity | undefined): string[] {
  const rule = `${name} max limit to request ratio per ${type} is ${formatQuantity(most)}`;
  if (request === undefined || request.nanos === 0n) return [`${rule}, but no request is specified or request is 0`];
  if (limit === undefined || limit.nanos === 0n) return [`${rule}, but no limit is specified or limit is 0`];
  const ratio = Number(limit.nanos) / Number(request.nanos);
  return ratio > Number(most.nanos) / Number(parseQuantity('1').nanos) ? [`${rule}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}
