import { invalid, type FieldError } from '../field-error.ts';
import { nonNegative } from './numbers.ts';

const NOT_A_PERCENT = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

export function validateIntOrPercent(field: string, value: number | string | undefined): FieldError[] {
  if (typeof value === 'string') return /^[0-9]+%$/.test(value) ? [] : [invalid(field, value, NOT_A_PERCENT)];
  return nonNegative(field, value);
}

export function notOver100Percent(field: string, value: number | string | undefined): FieldError[] {
  const percent = percentOf(value);
  return percent !== undefined && percent > 100 ? [invalid(field, value, 'must not be greater than 100%')] : [];
}

/** 0 and "0%" alike. */
export function isZero(value: number | string | undefined): boolean {
  return value === 0 || percentOf(value) === 0;
}

function percentOf(value: number | string | undefined): number | undefined {
  return typeof value === 'string' && /^[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : undefined;
}
