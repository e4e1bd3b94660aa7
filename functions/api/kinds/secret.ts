import { decodeBase64, encodeBase64 } from '../codec/base64.ts';
import { isEqual } from '../equal.ts';
import { forbidden, invalid, required, tooLong, type FieldError } from '../field-error.ts';
import { JsonSyntaxError } from '../codec/json-reader.ts';
import { readJson } from '../codec/json.ts';
import type { KindRules } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import { base64Bytes } from '../validation/base64.ts';
import { configMapKey } from '../validation/names.ts';
import { ageColumn, column, nameColumn } from './columns.ts';

interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  immutable?: boolean;
}

const MAX_BYTES = 1024 * 1024;
const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const REDACTED = '<secret contents redacted>';

const REQUIRED_KEYS: Record<string, string[]> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};
const JSON_KEYS = new Set(['.dockercfg', '.dockerconfigjson']);

export const secretRules: KindRules<Secret> = {
  setDefaults: (secret) => {
    secret.type ||= 'Opaque';
    // Write-only: what was given as text is stored as data, and wins over it.
    for (const [key, text] of Object.entries(secret.stringData ?? {})) secret.data = { ...secret.data, [key]: encodeBase64(new TextEncoder().encode(text)) };
    delete secret.stringData;
  },
  prepareForUpdate: (secret, old) => {
    if (!secret.type && old.type) secret.type = old.type;
  },
  warnings: (secret) => (secret.type === 'kubernetes.io/tls' && !hasPem(secret.data?.['tls.crt']) ? ['tls: failed to find any PEM data in certificate input'] : []),
  validate: (secret) => {
    const { data = {} } = secret;
    const errors = Object.keys(data).flatMap((key) => configMapKey(key).map((text) => invalid(`data[${key}]`, key, text)));
    const bytes = Object.values(data).reduce((sum, value) => sum + base64Bytes(value), 0);
    if (bytes > MAX_BYTES) errors.push(tooLong('data', MAX_BYTES));
    return [...errors, ...typeErrors(secret)];
  },
  validateUpdate: (secret, old) => {
    const errors: FieldError[] = [];
    if (secret.type !== old.type) errors.push(invalid('type', secret.type, 'field is immutable'));
    if (!old.immutable) return errors;
    if (!secret.immutable) errors.push(forbidden('immutable', 'field is immutable when `immutable` is set'));
    if (!isEqual(secret.data ?? {}, old.data ?? {})) errors.push(forbidden('data', 'field is immutable when `immutable` is set'));
    return errors;
  },
  selectableFields: ({ type }) => ({ type: type ?? '' }),
  columns: [
    nameColumn(),
    column('Type', 'What the secret is for', ({ type }) => type ?? ''),
    column('Data', 'Number of entries', ({ data }) => Object.keys(data ?? {}).length),
    ageColumn(),
  ],
};

function typeErrors({ type = '', data = {}, metadata }: Secret): FieldError[] {
  if (type === 'kubernetes.io/service-account-token') {
    return metadata.annotations?.[SERVICE_ACCOUNT_NAME] ? [] : [required(`metadata.annotations[${SERVICE_ACCOUNT_NAME}]`)];
  }
  // Either of the two will do.
  if (type === 'kubernetes.io/basic-auth') return 'username' in data || 'password' in data ? [] : [required('data[username]'), required('data[password]')];
  return (REQUIRED_KEYS[type] ?? []).flatMap((key) => {
    const value = data[key];
    if (value === undefined) return [required(`data[${key}]`)];
    return JSON_KEYS.has(key) ? jsonErrors(value, `data[${key}]`) : [];
  });
}

function jsonErrors(base64: string, field: string): FieldError[] {
  try {
    readJson(decodeBase64(base64));
    return [];
  } catch (error) {
    if (error instanceof JsonSyntaxError) return [invalid(field, REDACTED, error.message)];
    throw error;
  }
}

function hasPem(certificate: unknown): boolean {
  return typeof certificate === 'string' && atob(certificate).includes('-----BEGIN ');
}
