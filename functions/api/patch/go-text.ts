import { literalOf } from '#api/codec/go-type';
import { NumberLiteral } from '#api/codec/number-literal';
import { isObject } from './json-tree.ts';

/** A tree as Go prints one (`map[a:1 b:[x y]]`): how errors about strategic patches show them. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isObject(value)) {
    const members = Object.keys(value).sort().map((key) => `${key}:${goText(value[key])}`);
    return `map[${members.join(' ')}]`;
  }
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberLiteral) return literalOf(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
