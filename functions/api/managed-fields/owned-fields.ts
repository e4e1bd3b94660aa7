import { isObject } from '#api/patch/json-tree';
import { FieldSetBuilder, type FieldSet } from './field-set.ts';
import { itemElement } from './item-element.ts';
import { memberType, typeOfValue, type ListType, type MapType, type MergeType } from './merge-type.ts';
import { fieldElement, type PathElement } from './path-element.ts';

/** The fields that who applies this configuration means to own: what is one value, items, and entries of maps. Throws MergeError. */
export function ownedFields(type: MergeType, value: unknown): FieldSet {
  const set = new FieldSetBuilder();
  collect(type, value, { set, path: [] });
  return set;
}

interface Collecting {
  set: FieldSetBuilder;
  path: PathElement[];
}

function collect(type: MergeType, value: unknown, into: Collecting): void {
  const known = typeOfValue(type, value);
  if (known.kind === 'scalar') into.set.insert(into.path);
  else if (known.kind === 'list') collectItems(known, value, into);
  else collectMembers(known, value, into);
}

function collectMembers(type: MapType, value: unknown, { set, path }: Collecting): void {
  if (type.atomic) return set.insert(path);
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const of = memberType(type, name);
    if (!of || member === undefined) continue;
    const here = [...path, fieldElement(name)];
    collect(of, member, { set, path: here });
    if (member === null || (isObject(member) && Object.keys(member).length === 0) || !type.field(name)) set.insert(here);
  }
}

function collectItems(type: ListType, value: unknown, { set, path }: Collecting): void {
  if (type.list === 'atomic') return set.insert(path);
  if (!Array.isArray(value)) return;
  const elements = value.map((item) => itemElement(type, item));
  for (const [i, element] of elements.entries()) {
    const here = [...path, element];
    const isRepeated = elements.indexOf(element) !== i || elements.includes(element, i + 1);
    if (!isRepeated) collect(type.element, value[i], { set, path: here });
    set.insert(here);
  }
}
