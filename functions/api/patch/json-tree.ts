import { setMember } from '#api/codec/json-reader';
import { NumberLiteral } from '#api/codec/number-literal';

export type Members = Record<string, unknown>;

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral);
}

/** Many times faster than `structuredClone`, which knows more than trees. */
export function copyJson<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyJson) as T;
  if (!isObject(value)) return value;
  const copy: Members = {};
  for (const key of Object.keys(value)) setMember(copy, key, copyJson(value[key]));
  return copy as T;
}

/** About the bytes of its JSON: what copying it costs. */
export function sizeOfJson(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + 1 + sizeOfJson(item), 2);
  if (isObject(value)) return Object.entries(value).reduce((sum, [key, member]) => sum + key.length + 4 + sizeOfJson(member), 2);
  return typeof value === 'string' ? value.length + 2 : 4;
}
