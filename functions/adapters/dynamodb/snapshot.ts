import { PortError } from '#ports/errors';
import { compareKeys } from '#ports/key-order';
import type { IndexTerm, Item, Partition, Revision, Snapshot, SnapshotQuery } from '#ports/table';
import { readBodies } from './bodies.ts';
import { seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { expired } from './expiry.ts';
import { closeHoles, expiredAt } from './holes.ts';
import { indexKey, objectKey, type EntryRecord, type IndexRecord, type ObjectRecord, type Version } from './layout.ts';
import { entriesOf, readLog, type LogStretch } from './log.ts';
import { settle } from './settle.ts';
import { readSettled } from './watermark.ts';

/** Keys and what stands there; a tombstone has no value. */
type Versions = Map<string, Version>;

const MAX_ATTEMPTS = 5;

/**
 * Rule 5: first what is settled, then the objects, which may be torn, then the log's tail; the tail laid over the objects is exactly
 * the state at the horizon. In that order: everything up to `settled` shows in the objects, everything above it is in the tail.
 */
export async function snapshot(dynamo: Dynamo, partition: Partition, query: SnapshotQuery): Promise<Snapshot> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const found = await look(dynamo, partition, query);
    if (found) return found;
  }
  throw new PortError('Unavailable', 'the log moved on faster than it could be read', { retryAfterSeconds: 1 });
}

// undefined: so slow that the tail may have been swept meanwhile, and what was read before says too little.
async function look(dynamo: Dynamo, partition: Partition, query: SnapshotQuery): Promise<Snapshot | undefined> {
  const { upTo: settled, untilMs } = await readSettled(dynamo, partition);
  const { versions, newest } = await readObjects(dynamo, partition, query);
  const stretch = await readLog(dynamo, partition, Math.min(settled, query.at ?? settled));
  stretch.horizon = Math.max(stretch.horizon, settled, newest);
  const gone = (await closeHoles(dynamo, partition, stretch)) === 'gone';
  if (gone && query.at !== undefined && query.at < settled) throw expiredAt(query.at);
  if (gone || dynamo.clock.now() >= untilMs) return undefined;
  if (query.at !== undefined && query.at > stretch.horizon) throw new PortError('FutureRevision', `the partition stands at ${stretch.horizon}, not yet at ${query.at}`);
  layOver(versions, stretch);
  if (query.at !== undefined) undo(versions, stretch, query.at);
  const shown = await page(dynamo, partition, { query, versions });
  if (shown === undefined) return undefined;
  if (stretch.horizon - settled >= dynamo.raiseEvery) await settle(dynamo, partition);
  return { ...shown, revision: query.at ?? stretch.horizon };
}

async function readObjects(dynamo: Dynamo, partition: Partition, query: SnapshotQuery): Promise<{ versions: Versions; newest: Revision }> {
  const versions: Versions = new Map();
  let newest = 0;
  const source = query.index ? readIndexed(dynamo, partition, query, query.index) : dynamo.calls.query<ObjectRecord>(objectKey(partition, '').pk, keyRange(query, ''));
  for await (const records of source) {
    for (const record of records) {
      newest = Math.max(newest, record.rev);
      if (record.type === 'object') versions.set(record.sk, record);
    }
  }
  return { versions, newest };
}

// The index only proposes keys; whether an object belongs is decided by its own terms, once the log has been laid over it.
async function* readIndexed({ calls }: Dynamo, partition: Partition, query: SnapshotQuery, term: IndexTerm): AsyncGenerator<(IndexRecord | ObjectRecord)[]> {
  const { pk, sk } = indexKey(partition, term, '');
  for await (const proposed of calls.query<IndexRecord>(pk, keyRange(query, sk))) {
    yield proposed;
    yield await calls.getAll<ObjectRecord>(proposed.filter(({ gone }) => !gone).map(({ key }) => objectKey(partition, key)));
  }
}

// An object may have been read at a later revision than an entry's; it then stays as it is.
function layOver(versions: Versions, stretch: LogStretch): void {
  for (const { revision, entry } of entriesOf(stretch)) {
    if ((versions.get(entry.key)?.rev ?? 0) < revision) versions.set(entry.key, versionAt(revision, entry));
  }
}

function undo(versions: Versions, stretch: LogStretch, at: Revision): void {
  for (const { revision, entry } of entriesOf(stretch).reverse()) {
    if (revision > at) versions.set(entry.key, entry.previous ?? { rev: 0 });
  }
}

async function page(dynamo: Dynamo, partition: Partition, { query, versions }: { query: SnapshotQuery; versions: Versions }): Promise<{ items: Item[]; remaining: number } | undefined> {
  const now = seconds(dynamo.clock.now());
  const matching = [...versions].filter(([key, version]) => covers(query, key) && version.value && !expired(version.value, now) && hasTerm(version, query.index));
  matching.sort(([a], [b]) => compareKeys(a, b));
  const shown = matching.slice(0, query.limit ?? matching.length);
  const bodies = await readBodies(dynamo, partition, shown.map(([, version]) => version));
  if (bodies === 'gone') return undefined;
  const items = shown.map(([key, { rev }]) => ({ key, revision: rev, value: bodies.get(rev) as Uint8Array }));
  return { items, remaining: matching.length - shown.length };
}

function keyRange({ prefix = '', after }: SnapshotQuery, start: string): { from?: string; to?: string } {
  if (start === '' && prefix === '' && after === undefined) return {};
  const from = after !== undefined && compareKeys(after, prefix) >= 0 ? `${after}\0` : prefix;
  return { from: start + from, to: `${start}${prefix}\u{10FFFF}` };
}

function covers({ prefix = '', after }: SnapshotQuery, key: string): boolean {
  return key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0);
}

function hasTerm({ value }: Version, wanted: IndexTerm | undefined): boolean {
  return !wanted || (value?.terms ?? []).some(({ index, term }) => index === wanted.index && term === wanted.term);
}

function versionAt(rev: Revision, { value }: EntryRecord): Version {
  return value ? { rev, value } : { rev };
}
