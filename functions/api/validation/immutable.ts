import { isEqual } from '../equal.ts';
import { invalid, type FieldError } from '../field-error.ts';

/** A field that keeps the value that it was created with. */
export function immutable(field: string, value: unknown, old: unknown): FieldError[] {
  return isEqual(value ?? undefined, old ?? undefined) ? [] : [invalid(field, value ?? null, 'field is immutable')];
}
