import { encodeJson, parseJson } from '#api/codec/json';
import { isObject, type Members } from '#api/patch/json-tree';

/**
 * One step on the way to a field, as FieldsV1 writes it: `f:name` for a field or map key, `k:{"name":"x"}` for the item of a list that is
 * keyed by its fields, `v:"x"` for the item of a set, `i:0` for a place in a list. Written in one way only, so that equal steps are equal texts.
 */
export type PathElement = string;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** The name, where the element is a field. */
export function fieldNameOf(element: PathElement): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

export function keyElement(keys: Members): PathElement {
  return `k:${encodeJson(Object.fromEntries(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1))))}`;
}

export function valueElement(value: unknown): PathElement {
  return `v:${encodeJson(value)}`;
}

/** An element that a client wrote, in our one way. Throws on what is none. */
export function canonicalElement(text: string): PathElement {
  const rest = text.slice(2);
  switch (text.slice(0, 2)) {
    case 'f:':
      return text;
    case 'k:': {
      const keys = parseJson(rest);
      if (!isObject(keys)) throw new Error(`no keys of a list's item: ${text}`);
      return keyElement(keys);
    }
    case 'v:':
      return valueElement(parseJson(rest));
    case 'i:':
      if (!/^[+-]?\d+$/.test(rest)) throw new Error(`no index: ${text}`);
      return `i:${Number(rest)}`;
    default:
      throw new Error(`unknown path element: ${text}`);
  }
}

/** What an element is sorted by; read once for a whole list of them. */
export interface SortKey {
  type: number;
  value: unknown;
}

export function sortKey(element: PathElement): SortKey {
  const rest = element.slice(2);
  return { type: ORDER.indexOf(element.charAt(0)), value: element.startsWith('f:') ? rest : parseJson(rest) };
}

/** Kubernetes' order: fields, keyed items, values, indexes. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  if (a.type !== b.type) return a.type - b.type;
  return isObject(a.value) && isObject(b.value) ? compareKeys(Object.entries(a.value), Object.entries(b.value)) : compareValues(a.value, b.value);
}

const ORDER = 'fkvi';

function compareKeys(left: [string, unknown][], right: [string, unknown][]): number {
  for (const [i, [name, value]] of left.entries()) {
    const other = right[i];
    if (!other) return 1;
    if (name !== other[0]) return name < other[0] ? -1 : 1;
    const order = compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const TYPES = ['number', 'string', 'boolean', 'object'];

function compareValues(left: unknown, right: unknown): number {
  const [leftType, rightType] = [left, right].map((value) => TYPES.indexOf(typeof value === 'bigint' ? 'number' : typeof value)) as [number, number];
  if (leftType !== rightType) return leftType - rightType;
  if (left === right) return 0;
  return (left as string) < (right as string) ? -1 : 1;
}

/** As people read it: `.spec.containers[name="x"].image`. */
export function pathText(path: readonly PathElement[]): string {
  return path.map(elementText).join('');
}

function elementText(element: PathElement): string {
  const name = fieldNameOf(element);
  if (name !== undefined) return `.${name}`;
  if (element.startsWith('i:')) return `[${element.slice(2)}]`;
  const value = parseJson(element.slice(2));
  if (element.startsWith('v:')) return `[=${encodeJson(value)}]`;
  return `[${Object.entries(value as Members).map(([key, part]) => `${key}=${encodeJson(part)}`).join(',')}]`;
}
