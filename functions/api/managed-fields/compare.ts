import { isEqual } from '#api/equal';
import { isObject } from '#api/patch/json-tree';
import { FieldSetBuilder, type FieldSet } from './field-set.ts';
import { itemElement } from './item-element.ts';
import { isOneValue, items, memberType, typeOfBoth, type ListType, type MapType, type MergeType } from './merge-type.ts';
import { fieldElement, type PathElement } from './path-element.ts';

/** What became of the fields between two versions of an object; no field is in two of the sets. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

/** Throws MergeError. */
export function compare(type: MergeType, before: unknown, after: unknown): Comparison {
  const comparing = new Comparing();
  comparing.values(type, before, after);
  return comparing;
}

class Comparing implements Comparison {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly #path: PathElement[] = [];

  /** undefined: not there, which null is. */
  values(type: MergeType, before: unknown, after: unknown): void {
    const known = typeOfBoth(type, before, after);
    if (!known || isOneValue(known, before, after)) return this.#whole(before, after);
    if (known.kind === 'list') this.#items(known, items(before), items(after));
    else if (known.kind === 'map') this.#members(known, before, after);
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
  }

  #whole(before: unknown, after: unknown): void {
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
    else if (!isEqual(before, after)) this.modified.insert(this.#path);
  }

  #members(type: MapType, before: unknown, after: unknown): void {
    const [left, right] = [members(type, before), members(type, after)];
    for (const name of left.keys()) this.#member(type, name, left.get(name), right.get(name));
    for (const name of right.keys()) if (!left.has(name)) this.#member(type, name, undefined, right.get(name));
  }

  #member(type: MapType, name: string, before: unknown, after: unknown): void {
    const of = memberType(type, name);
    if (of) this.#at(fieldElement(name), () => this.values(of, before, after));
  }

  #items(type: ListType, before: readonly unknown[], after: readonly unknown[]): void {
    const [left, right] = [byElement(type, before), byElement(type, after)];
    for (const element of new Set([...left.keys(), ...right.keys()])) this.#item(type, element, left.get(element) ?? [], right.get(element) ?? []);
  }

  // Items that are not told apart are owned as one, at their common element.
  #item(type: ListType, element: PathElement, before: unknown[], after: unknown[]): void {
    this.#at(element, () => {
      if (before.length <= 1 && after.length <= 1) return this.values(type.element, before[0], after[0]);
      if (before.length > 1 && after.length > 1) return isEqual(before, after) ? undefined : this.modified.insert(this.#path);
      if (before.length > 1) {
        if (after.length === 1) this.values(type.element, undefined, after[0]);
        return this.removed.insert(this.#path);
      }
      if (before.length === 1) this.values(type.element, before[0], undefined);
      this.added.insert(this.#path);
    });
  }

  #at(element: PathElement, descend: () => void): void {
    this.#path.push(element);
    descend();
    this.#path.pop();
  }
}

function members({ impliedNulls }: MapType, value: unknown): Map<string, unknown> {
  const found = new Map<string, unknown>();
  if (!isObject(value)) return found;
  for (const [name, member] of Object.entries(value)) if (member !== undefined) found.set(name, member);
  for (const name of impliedNulls) if (!found.has(name)) found.set(name, null);
  return found;
}

function byElement(type: ListType, list: readonly unknown[]): Map<PathElement, unknown[]> {
  const found = new Map<PathElement, unknown[]>();
  for (const item of list) {
    const element = itemElement(type, item);
    const same = found.get(element);
    if (same) same.push(item);
    else found.set(element, [item]);
  }
  return found;
}
