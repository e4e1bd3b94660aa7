import type { FieldError } from '#api/field-error';
import { requireValidOptions, type OptionsKind } from './query.ts';

/** What create, update and patch share. */
export interface WriteRequestOptions {
  dryRun: boolean;
  fieldValidation: 'Ignore' | 'Warn' | 'Strict';
}

const MAX_FIELD_MANAGER_BYTES = 128;

export function writeOptionsOf(query: URLSearchParams, kind: OptionsKind): WriteRequestOptions {
  const fieldValidation = query.get('fieldValidation') ?? '';
  requireValidOptions(kind, [...dryRunErrors(query.getAll('dryRun')), ...fieldManagerErrors(query.get('fieldManager') ?? ''), ...validationErrors(fieldValidation)]);
  return {
    dryRun: query.getAll('dryRun').includes('All'),
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as WriteRequestOptions['fieldValidation']),
  };
}

export function dryRunErrors(values: string[]): FieldError[] {
  if (values.every((value) => value === 'All' || value === '')) return [];
  return [{ type: 'FieldValueNotSupported', field: 'dryRun', message: `Unsupported value: ${JSON.stringify(values)}: supported values: "All"` }];
}

function fieldManagerErrors(manager: string): FieldError[] {
  if (new TextEncoder().encode(manager).length <= MAX_FIELD_MANAGER_BYTES) return [];
  return [{ type: 'FieldValueTooLong', field: 'fieldManager', message: `Too long: may not be more than ${MAX_FIELD_MANAGER_BYTES} bytes` }];
}

function validationErrors(value: string): FieldError[] {
  if (['', 'Ignore', 'Strict', 'Warn'].includes(value)) return [];
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: "", "Ignore", "Strict", "Warn"`;
  return [{ type: 'FieldValueNotSupported', field: 'fieldValidation', message }];
}
