import { forbidden, invalid, tooLong, type FieldError } from '../field-error.ts';
import { isEqual } from '../equal.ts';
import type { KindRules } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import { base64Bytes } from '../validation/base64.ts';
import { configMapKey, utf8Length } from '../validation/names.ts';
import { ageColumn, column, nameColumn } from './columns.ts';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: boolean;
}

const MAX_BYTES = 1024 * 1024;

export const configMapRules: KindRules<ConfigMap> = {
  validate: (configMap) => {
    const { data = {}, binaryData = {} } = configMap;
    const errors = [...keyErrors(data, 'data'), ...keyErrors(binaryData, 'binaryData')];
    errors.push(...Object.keys(data).filter((key) => key in binaryData).map((key) => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')));
    const bytes = sum(Object.values(data).map(utf8Length)) + sum(Object.values(binaryData).map(base64Bytes));
    return bytes > MAX_BYTES ? [...errors, tooLong('', MAX_BYTES)] : errors;
  },
  validateUpdate: (configMap, old) => {
    if (!old.immutable) return [];
    const errors: FieldError[] = [];
    if (!configMap.immutable) errors.push(forbidden('immutable', 'field is immutable when `immutable` is set'));
    for (const field of ['data', 'binaryData'] as const) {
      if (!isEqual(configMap[field] ?? {}, old[field] ?? {})) errors.push(forbidden(field, 'field is immutable when `immutable` is set'));
    }
    return errors;
  },
  columns: [
    nameColumn(),
    column('Data', 'Number of entries', ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length),
    ageColumn(),
  ],
};

function keyErrors(entries: Record<string, string>, path: string): FieldError[] {
  return Object.keys(entries).flatMap((key) => configMapKey(key).map((text) => invalid(`${path}[${key}]`, key, text)));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
