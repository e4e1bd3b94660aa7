import { compareKeys } from './key-order.ts';
import type { Item } from './table.ts';

/** What became of some keys of a partition: the item, or null where there is none. Everything else is as it was. */
export type Overlay = ReadonlyMap<string, Item | null>;

/** Items in key order, with the overlay laid over those keys that `covers` says belong to the range. */
export function withOverlay(items: readonly Item[], overlay: Overlay, covers: (key: string) => boolean): Item[] {
  const kept = items.filter((item) => !overlay.has(item.key));
  const laid = [...overlay.values()].flatMap((item) => (item !== null && covers(item.key) ? [item] : []));
  if (laid.length === 0) return kept;
  return [...kept, ...laid].sort((a, b) => compareKeys(a.key, b.key));
}
