import { duplicate, forbidden, invalid, required, type FieldError } from '../field-error.ts';
import { compareQuantities, type Quantity } from '../quantity.ts';
import type { LimitRange, LimitRangeItem } from '../schema/kinds.generated.ts';
import { qualifiedName } from './names.ts';
import { containerResourceNameErrors, isOvercommitAllowed, parsedQuantity, resourceNameErrors } from './resources.ts';

const TYPES = ['Container', 'PersistentVolumeClaim', 'Pod'];
const ONE: Quantity = { nanos: 1_000_000_000n, format: 'DecimalSI' };

export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  const seen = new Set<string>();
  return (spec?.limits ?? []).flatMap((limit, i) => {
    const path = `spec.limits[${i}]`;
    const errors = typeErrors(limit.type ?? '', `${path}.type`);
    if (seen.has(limit.type)) errors.push(duplicate(`${path}.type`, limit.type));
    seen.add(limit.type);
    return [...errors, ...nameErrors(limit, path), ...placeErrors(limit, path), ...orderErrors(limit, path)];
  });
}

function typeErrors(type: string, field: string): FieldError[] {
  const errors = qualifiedName(type).map((text) => invalid(field, type, text));
  if (errors.length > 0 || type.includes('/') || TYPES.includes(type)) return errors;
  return [invalid(field, type, 'must be a standard limit type or fully qualified')];
}

const AMOUNTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

function nameErrors(limit: LimitRangeItem, path: string): FieldError[] {
  const check = limit.type === 'Container' || limit.type === 'Pod' ? containerResourceNameErrors : resourceNameErrors;
  const judged = limit.type === 'Pod' ? AMOUNTS.filter((field) => !field.startsWith('default')) : AMOUNTS;
  return judged.flatMap((field) => Object.keys(limit[field] ?? {}).flatMap((name) => check(name, `${path}.${field}[${name}]`)));
}

function placeErrors(limit: LimitRangeItem, path: string): FieldError[] {
  if (limit.type === 'Pod') {
    const given = (['default', 'defaultRequest'] as const).filter((field) => Object.keys(limit[field] ?? {}).length > 0);
    return given.map((field) => forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"));
  }
  if (limit.type !== 'PersistentVolumeClaim' || limit.min?.['storage'] !== undefined || limit.max?.['storage'] !== undefined) return [];
  return [required(path, 'either minimum or maximum storage value is required, but neither was provided')];
}

function orderErrors(limit: LimitRangeItem, path: string): FieldError[] {
  const names = [...new Set(AMOUNTS.flatMap((field) => Object.keys(limit[field] ?? {})))];
  return names.flatMap((name) => {
    const amount = (field: (typeof AMOUNTS)[number]): Amount => ({ text: limit[field]?.[name], value: quantityOf(limit[field]?.[name]), field: `${path}.${field}[${name}]` });
    const [min, max, preset, request, ratio] = [amount('min'), amount('max'), amount('default'), amount('defaultRequest'), amount('maxLimitRequestRatio')];
    const errors = [
      ...above(min, max, { at: min, text: `min value ${min.text} is greater than max value ${max.text}` }),
      ...above(min, request, { at: request, text: `min value ${min.text} is greater than default request value ${request.text}` }),
      ...above(request, max, { at: request, text: `default request value ${request.text} is greater than max value ${max.text}` }),
      ...above(request, preset, { at: request, text: `default request value ${request.text} is greater than default limit value ${preset.text}` }),
      ...above(min, preset, { at: preset, text: `min value ${min.text} is greater than default value ${preset.text}` }),
      ...above(preset, max, { at: preset, text: `default value ${preset.text} is greater than max value ${max.text}` }),
      ...ratioErrors(ratio, min, max),
    ];
    if (!isOvercommitAllowed(name) && preset.value && request.value && compareQuantities(preset.value, request.value) !== 0) {
      errors.push(invalid(request.field, request.text, `default value ${preset.text} must equal to defaultRequest value ${request.text} in ${name}`));
    }
    return errors;
  });
}

interface Amount {
  text: string | number | undefined;
  value: Quantity | undefined;
  field: string;
}

function above(low: Amount, high: Amount, { at, text }: { at: Amount; text: string }): FieldError[] {
  return low.value && high.value && compareQuantities(low.value, high.value) > 0 ? [invalid(at.field, at.text, text)] : [];
}

function ratioErrors(ratio: Amount, min: Amount, max: Amount): FieldError[] {
  if (!ratio.value) return [];
  if (compareQuantities(ratio.value, ONE) < 0) return [invalid(ratio.field, ratio.text, `ratio ${ratio.text} is less than 1`)];
  if (!min.value || !max.value || min.value.nanos === 0n) return [];
  const most = Number(max.value.nanos) / Number(min.value.nanos);
  const wanted = Number(ratio.value.nanos) / Number(ONE.nanos);
  return wanted > most ? [invalid(ratio.field, ratio.text, `ratio ${ratio.text} is greater than max/min = ${most.toFixed(6)}`)] : [];
}

function quantityOf(text: string | number | undefined): Quantity | undefined {
  return text === undefined ? undefined : parsedQuantity(text);
}
