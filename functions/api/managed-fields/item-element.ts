import { NumberLiteral, numberOf } from '#api/codec/number-literal';
import { isObject, type Members } from '#api/patch/json-tree';
import { typeOfValue, type ListType } from './merge-type.ts';
import { keyElement, valueElement, type PathElement } from './path-element.ts';

/** A value that cannot be taken apart as its type asks. */
export class MergeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MergeError';
  }
}

/** What tells an item of a set or keyed list from the others. Throws MergeError. */
export function itemElement(type: ListType, item: unknown): PathElement {
  return type.list === 'map' ? keyedElement(type, item) : setElement(item);
}

function keyedElement(type: ListType, item: unknown): PathElement {
  if (item === null) throw new MergeError('associative list with keys may not have a null element');
  if (!isObject(item)) throw new MergeError('associative list with keys may not have non-map elements');
  const keys: Members = {};
  for (const name of type.keys) {
    const value = item[name] ?? defaultOf(type, name);
    if (value !== undefined) keys[name] = plain(value);
  }
  if (Object.keys(keys).length > 0) return keyElement(keys);
  const names = type.keys.map((name) => JSON.stringify(name)).join(' ');
  throw new MergeError(`associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`);
}

function defaultOf({ element }: ListType, name: string): unknown {
  const type = typeOfValue(element, {});
  return type.kind === 'map' ? type.field(name)?.default : undefined;
}

function setElement(item: unknown): PathElement {
  if (item === null) throw new MergeError("associative list without keys has an element that's an explicit null");
  if (isObject(item)) throw new MergeError("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new MergeError('not supported: associative list with lists as elements');
  return valueElement(plain(item));
}

function plain(value: unknown): unknown {
  return value instanceof NumberLiteral ? numberOf(value.text) : value;
}
