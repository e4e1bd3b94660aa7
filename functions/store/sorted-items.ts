import { compareKeys } from '#ports/key-order';
import type { StoredObject } from './object-store.ts';

/** Objects by key, in key order: pages and namespaces are slices. */
export interface SortedItems {
  get(key: string): StoredObject | undefined;
  set(key: string, stored: StoredObject): void;
  remove(key: string): void;
  /** Keys with the prefix, behind `after`. */
  keys(prefix: string, after: string | undefined): string[];
}

/** `initial` is in key order. */
export function createSortedItems(initial: readonly (readonly [string, StoredObject])[]): SortedItems {
  const objects = new Map(initial);
  const order = initial.map(([key]) => key);
  return {
    get: (key) => objects.get(key),
    set(key, stored) {
      if (!objects.has(key)) order.splice(lowerBound(order, key), 0, key);
      objects.set(key, stored);
    },
    remove(key) {
      if (objects.delete(key)) order.splice(lowerBound(order, key), 1);
    },
    keys(prefix, after) {
      const from = after === undefined || compareKeys(after, prefix) < 0 ? lowerBound(order, prefix) : lowerBound(order, `${after}\0`);
      let to = from;
      while (to < order.length && order[to]?.startsWith(prefix)) to++;
      return order.slice(from, to);
    },
  };
}

function lowerBound(order: readonly string[], key: string): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(order[middle] ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
