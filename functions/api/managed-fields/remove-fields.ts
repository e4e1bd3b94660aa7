import { setMember } from '#api/codec/json-reader';
import { isObject, type Members } from '#api/patch/json-tree';
import { below, isEmpty, type FieldSet } from './field-set.ts';
import { itemElement } from './item-element.ts';
import { memberType, typeOfValue, type ListType, type MapType, type MergeType } from './merge-type.ts';
import { fieldElement, fieldNameOf, type PathElement } from './path-element.ts';

/** The value without the fields of the set; null where nothing is left of a list or map. The value is not changed. */
export function removeFields(type: MergeType, value: unknown, fields: FieldSet): unknown {
  const known = typeOfValue(type, value);
  if (known.kind === 'list') return remainingItems(known, value, fields);
  return known.kind === 'map' ? remainingMembers(known, value, fields) : value;
}

function remainingItems(type: ListType, value: unknown, fields: FieldSet): unknown[] | null {
  if (type.list === 'atomic' || !Array.isArray(value)) return null;
  const kept = value.flatMap((item: unknown) => {
    const within = below(fields, itemElement(type, item));
    return within.isMember ? [] : [isEmpty(within) ? item : removeFields(type.element, item, within)];
  });
  return kept.length > 0 ? kept : null;
}

function remainingMembers(type: MapType, value: unknown, fields: FieldSet): Members | null {
  if (type.atomic || !isObject(value)) return null;
  const kept: Members = {};
  for (const [name, member] of Object.entries(value)) {
    const within = below(fields, fieldElement(name));
    const of = memberType(type, name);
    if (within.isMember || member === undefined) continue;
    setMember(kept, name, isEmpty(within) || !of ? member : removeFields(of, member, within));
  }
  return Object.keys(kept).length > 0 ? kept : null;
}

/** With the declared fields on the way to each field: who owns `spec.x` is taken to own `spec`, but not the map or item between. */
export function withNamedFields(type: MergeType | undefined, { isMember, children }: FieldSet): FieldSet {
  const known = type && typeOfValue(type, fieldNameForm(children));
  const named = new Map<PathElement, FieldSet>();
  for (const [element, child] of children) {
    const name = fieldNameOf(element);
    const declared = known?.kind === 'map' && name !== undefined ? known.field(name) : undefined;
    const inner = known?.kind === 'map' && name !== undefined ? memberType(known, name) : known?.kind === 'list' && element.startsWith('k:') ? known.element : undefined;
    const below = withNamedFields(inner, child);
    named.set(element, declared && child.children.size > 0 ? { ...below, isMember: true } : below);
  }
  return { isMember, children: named };
}

// Where only a value could tell what a type is, the fields below it tell as well.
function fieldNameForm(children: ReadonlyMap<PathElement, FieldSet>): unknown {
  for (const element of children.keys()) return element.startsWith('f:') ? {} : [];
  return undefined;
}
