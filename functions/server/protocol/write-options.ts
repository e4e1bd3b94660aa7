import { forbidden, invalid, required, tooLong, type FieldError } from '#api/field-error';
import { booleanOf, requireValidOptions, type OptionsKind } from './query.ts';

/** What create, update and patch share. */
export interface WriteRequestOptions {
  dryRun: boolean;
  fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  /** '': not named. */
  fieldManager: string;
  /** Of an apply: take what others own. */
  force: boolean;
}

export const MAX_FIELD_MANAGER_BYTES = 128;

/** As Go counts them: of the spaces, only the plain one is printable. */
export const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

export function writeOptionsOf(query: URLSearchParams, kind: OptionsKind): WriteRequestOptions {
  return checkedOptions(query, kind, kind === 'PatchOptions' ? forceErrors(query) : []);
}

export function applyOptionsOf(query: URLSearchParams): WriteRequestOptions {
  return checkedOptions(query, 'PatchOptions', query.get('fieldManager') ? [] : [required('fieldManager', 'is required for apply patch')]);
}

function checkedOptions(query: URLSearchParams, kind: OptionsKind, errors: FieldError[]): WriteRequestOptions {
  const fieldValidation = query.get('fieldValidation') ?? '';
  const fieldManager = query.get('fieldManager') ?? '';
  requireValidOptions(kind, [...errors, ...dryRunErrors(query.getAll('dryRun')), ...fieldManagerErrors(fieldManager), ...validationErrors(fieldValidation)]);
  return {
    dryRun: query.getAll('dryRun').includes('All'),
    fieldValidation: fieldValidation === '' ? 'Warn' : (fieldValidation as WriteRequestOptions['fieldValidation']),
    fieldManager,
    force: booleanOf(query, 'force') ?? false,
  };
}

function forceErrors(query: URLSearchParams): FieldError[] {
  return query.has('force') ? [forbidden('force', 'may not be specified for non-apply patch')] : [];
}

export function dryRunErrors(values: string[]): FieldError[] {
  if (values.every((value) => value === 'All' || value === '')) return [];
  return [{ type: 'FieldValueNotSupported', field: 'dryRun', message: `Unsupported value: ${JSON.stringify(values)}: supported values: "All"` }];
}

function fieldManagerErrors(manager: string): FieldError[] {
  if (manager === '') return [];
  const encoder = new TextEncoder();
  const errors = encoder.encode(manager).length <= MAX_FIELD_MANAGER_BYTES ? [] : [tooLong('fieldManager', MAX_FIELD_MANAGER_BYTES)];
  const unprintable = [...manager.matchAll(UNPRINTABLE)].map(({ 0: character, index }) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return invalid('fieldManager', manager, `invalid character U+${code} (at position ${encoder.encode(manager.slice(0, index)).length})`);
  });
  return [...errors, ...unprintable];
}

function validationErrors(value: string): FieldError[] {
  if (['', 'Ignore', 'Strict', 'Warn'].includes(value)) return [];
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: "", "Ignore", "Strict", "Warn"`;
  return [{ type: 'FieldValueNotSupported', field: 'fieldValidation', message }];
}
