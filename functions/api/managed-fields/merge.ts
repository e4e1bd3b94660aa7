import { setMember } from '#api/codec/json-reader';
import { isObject, type Members } from '#api/patch/json-tree';
import { itemElement } from './item-element.ts';
import { isOneValue, items, memberType, typeOfBoth, type ListType, type MapType, type MergeType } from './merge-type.ts';
import type { PathElement } from './path-element.ts';

/** A live object with a configuration laid over it; undefined where neither has anything. Neither is changed. Throws MergeError. */
export function merge(type: MergeType, live: unknown, config: unknown): unknown {
  const known = typeOfBoth(type, live, config);
  if (!known || isOneValue(known, live, config)) return config === undefined ? live : config;
  if (known.kind === 'list') return mergeItems(known, items(live), items(config));
  return known.kind === 'map' ? mergeMembers(known, live, config) : undefined;
}

function mergeMembers(type: MapType, live: unknown, config: unknown): Members | undefined {
  const merged: Members = {};
  const [left, right] = [isObject(live) ? live : {}, isObject(config) ? config : {}];
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const of = memberType(type, name);
    const member = of && merge(of, ownMember(left, name), ownMember(right, name));
    if (member !== undefined) setMember(merged, name, member);
  }
  return Object.keys(merged).length > 0 ? merged : undefined;
}

function ownMember(object: Members, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

interface Side {
  /** In the list's order. */
  elements: PathElement[];
  /** Of elements that several items have, null: such items are not merged. */
  items: Map<PathElement, unknown>;
}

function sideOf(type: ListType, list: readonly unknown[]): Side {
  const side: Side = { elements: [], items: new Map() };
  for (const item of list) {
    const element = itemElement(type, item);
    side.items.set(element, side.items.has(element) ? null : item);
    side.elements.push(element);
  }
  return side;
}

/**
 * The configuration's items in the order that it gives them, the others where they stood: before the next common item that both lists
 * have in the same order.
 */
function mergeItems(type: ListType, live: readonly unknown[], config: readonly unknown[]): unknown[] | undefined {
  const [left, right] = [sideOf(type, live), sideOf(type, config)];
  const merged: unknown[] = [];
  const take = (liveItem: unknown, configItem: unknown): void => {
    const item = merge(type.element, liveItem, configItem);
    if (item !== undefined) merged.push(item);
  };
  const taken = new Set<PathElement>();
  const shared = right.elements.filter((element) => left.items.has(element));
  let [l, r] = [0, 0];
  while (l < left.elements.length || r < right.elements.length) {
    const [ours, theirs] = [left.elements[l], right.elements[r]];
    if (ours !== undefined && ours === theirs) {
      taken.add(ours);
      take(left.items.get(ours), right.items.get(ours));
      l++;
      r++;
      shared.shift();
      continue;
    }
    if (ours !== undefined && theirs !== undefined && right.items.has(ours) && shared.length > 0 && shared[0] !== ours) {
      l++; // common, but its turn comes by the configuration's order
      continue;
    }
    if (ours !== undefined && !right.items.has(ours)) {
      take(live[l], undefined);
      l++;
      continue;
    }
    if (ours !== undefined && taken.has(ours)) l++;
    if (theirs === undefined) continue;
    taken.add(theirs);
    take(left.items.get(theirs), right.items.get(theirs));
    r++;
    if (shared[0] === theirs) shared.shift();
  }
  return merged.length > 0 ? merged : undefined;
}
