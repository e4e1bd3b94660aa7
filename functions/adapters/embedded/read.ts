import { PortError } from '#ports/errors';
import { compareKeys } from '#ports/key-order';
import { withOverlay } from '#ports/log-view';
import type { Change, Changes, IndexTerm, Item, Partition, ReadResult, Revision, Snapshot, SnapshotQuery } from '#ports/table';
import { visible } from './databases.ts';
import type { Databases, ItemRecord, LogRecord } from './databases.ts';
import { behind, indexKey, itemKey, logKeyParts, logRangeAfter, nameOf, prefixRange } from './keys.ts';
import { findPartition, headOf } from './partitions.ts';
import type { PartitionState } from './partitions.ts';

// All of this runs within one turn of the event loop, and so on one LMDB snapshot: what is read together belongs together.

export function readItem(db: Databases, { partition, key }: { partition: Partition; key: string }, nowMs: number): ReadResult | undefined {
  const state = findPartition(db, partition);
  const record = state && db.items.get(itemKey(state.id, key));
  return record && { key, revision: record[0], value: visible(record, nowMs) };
}

export function readChanges(db: Databases, { partition, after, limit }: { partition: Partition; after: Revision; limit: number }, nowMs: number): Changes {
  const state = findPartition(db, partition);
  if (!state || after >= state.head) return { changes: [], revision: Math.max(after, headOf(db, partition)) };
  if (after < state.floor) throw new PortError('Expired', `the log begins after revision ${state.floor}`);
  const changes: Change[] = [];
  for (const { key, value } of db.log.getRange(logRangeAfter(state.id, after))) {
    if (changes.length === limit) return { changes, revision: changes.at(-1)?.revision ?? after };
    const change = toChange(logKeyParts(key).revision, value, nowMs);
    if (change) changes.push(change);
  }
  return { changes, revision: state.head };
}

export function readSnapshot(db: Databases, partition: Partition, query: SnapshotQuery, nowMs: number): Snapshot {
  const state = findPartition(db, partition);
  const head = headOf(db, partition);
  const revision = query.at ?? head;
  if (revision > head) throw new PortError('FutureRevision', `the partition stands at ${head}, not yet at ${revision}`);
  if (!state) return { items: [], revision, remaining: 0 };
  const { limit = Infinity } = query;
  if (revision === head) return { ...page(presentItems(db, state, query, nowMs), limit), revision };
  if (revision < state.floor) throw new PortError('Expired', `the log begins after revision ${state.floor}`);
  return { ...page(pastItems(db, state, { ...query, at: revision }, nowMs), limit), revision };
}

// Reads on to the end, because `remaining` is exact; only what is on the page is kept.
function page(items: Iterable<Item>, limit: number): { items: Item[]; remaining: number } {
  const kept: Item[] = [];
  let remaining = 0;
  for (const item of items) {
    if (kept.length < limit) kept.push(item);
    else remaining++;
  }
  return { items: kept, remaining };
}

function* presentItems(db: Databases, { id }: PartitionState, { prefix = '', after, index }: SnapshotQuery, nowMs: number): Generator<Item> {
  const keyOf = index ? (key: string): Buffer => indexKey(id, index.index, index.term, key) : (key: string): Buffer => itemKey(id, key);
  const whole = prefixRange(keyOf(prefix));
  const range = after === undefined ? whole : behind(whole, keyOf(after));
  const found = index ? indexed(db, id, index, range) : db.items.getRange(range).map((entry) => ({ key: nameOf(entry.key), record: entry.value }));
  for (const { key, record } of found) {
    const value = visible(record, nowMs);
    if (value) yield { key, revision: record[0], value };
  }
}

function* indexed(db: Databases, id: number, { index, term }: IndexTerm, range: { start: Buffer; end: Buffer }): Generator<{ key: string; record: ItemRecord }> {
  const skip = indexKey(id, index, term, '').byteLength;
  for (const entry of db.index.getKeys(range)) {
    const key = entry.toString('utf8', skip);
    const record = db.items.get(itemKey(id, key));
    if (record) yield { key, record };
  }
}

// The present, with what was written since taken back.
function pastItems(db: Databases, state: PartitionState, query: SnapshotQuery & { at: Revision }, nowMs: number): Item[] {
  const { prefix = '', after, index, at } = query;
  const undone = new Map<string, Item | null>();
  for (const { value: [key, , before] } of db.log.getRange(logRangeAfter(state.id, at))) {
    if (undone.has(key)) continue;
    const value = visible(before, nowMs);
    undone.set(key, before && value && hasTerm(before, index) ? { key, revision: before[0], value } : null);
  }
  const covers = (key: string): boolean => key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0);
  return withOverlay([...presentItems(db, state, query, nowMs)], undone, covers);
}

function hasTerm([, , terms]: ItemRecord, wanted: IndexTerm | undefined): boolean {
  return !wanted || terms.some(([index, term]) => index === wanted.index && term === wanted.term);
}

// Nothing where the entry has expired with its object: to readers it is a void.
function toChange(revision: Revision, [key, after, before, by]: LogRecord, nowMs: number): Change | undefined {
  const value = visible(after, nowMs);
  if (after[1] !== null && value === null) return undefined;
  const previous = visible(before, nowMs);
  return { revision, key, value, previous, previousRevision: previous && before ? before[0] : 0, ...(by !== null && { by }) };
}
