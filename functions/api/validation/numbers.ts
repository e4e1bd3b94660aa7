import { invalid, type FieldError } from '../field-error.ts';

const MAX_INT32 = 2147483647;

export function nonNegative(field: string, value: number | bigint | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

export function positive(field: string, value: number | bigint | undefined): FieldError[] {
  return value !== undefined && value <= 0 ? [invalid(field, value, 'must be greater than 0')] : [];
}

export function between(field: string, value: number | undefined, bounds: { min: number; max: number }): FieldError[] {
  if (value === undefined || (value >= bounds.min && value <= bounds.max)) return [];
  return [invalid(field, value, `must be between ${bounds.min} and ${bounds.max}, inclusive`)];
}

export function positiveInt32(field: string, value: number | undefined): FieldError[] {
  return between(field, value, { min: 1, max: MAX_INT32 });
}

/** Users and groups: what the kernel can hold. */
export function userId(field: string, value: number | bigint | undefined): FieldError[] {
  return value !== undefined && (value < 0 || value > MAX_INT32) ? [invalid(field, value, `must be between 0 and ${MAX_INT32}, inclusive`)] : [];
}

export function fileMode(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && (value < 0 || value > 0o777) ? [invalid(field, value, 'must be a number between 0 and 0777 (octal), both inclusive')] : [];
}
