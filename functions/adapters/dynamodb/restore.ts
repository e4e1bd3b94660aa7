import { PortError } from '#ports/errors';
import type { Partition, Revision } from '#ports/table';
import { retireBody } from './bodies.ts';
import { seconds, type CounterRecord } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { FIRST_REVISION, counterKey, directoryKey, indexKey, objectKey, type EntryRecord, type IndexRecord, type Key, type ObjectRecord } from './layout.ts';
import { entriesOf, readLog } from './log.ts';
import { storeWatermark } from './watermark.ts';

/** So far a restored partition is put ahead: no life that it had after the moment of the copy can have given out so many. */
const JUMP: Revision = 2 ** 20;

/**
 * Makes a cluster whole in a table that point-in-time recovery has made, before anybody else writes to it. A commit of which the copy holds only
 * a part has happened: its object or its entry, whichever is there, says what was written. Then revisions go on far ahead, the gap below them settled
 * as history that is gone (rule 6): none is given out again, and whoever watched the lost time is told that its revision is Expired. May be repeated.
 */
export async function restore(dynamo: Dynamo, cluster: string): Promise<void> {
  for await (const partitions of dynamo.calls.query<Key>(directoryKey(`${cluster}/`).pk)) {
    for (const { sk: partition } of partitions) await restorePartition(dynamo, partition);
  }
}

async function restorePartition(dynamo: Dynamo, partition: Partition): Promise<void> {
  const counter = await dynamo.calls.get<CounterRecord>(counterKey(partition));
  const log = await readLog(dynamo, partition, FIRST_REVISION);
  const objects = await collect<ObjectRecord>(dynamo, objectKey(partition, '').pk);
  for (const { revision, entry } of entriesOf(log)) if (entry.previous && revision > (log.resolved ?? 0)) await retireBody(dynamo, partition, entry.previous);
  for (const [key, { revision, entry }] of new Map(entriesOf(log).map((one) => [one.entry.key, one]))) {
    if ((objects.get(key)?.rev ?? 0) < revision) objects.set(key, await writeObject(dynamo, partition, { revision, entry }));
  }
  await writeIndex(dynamo, partition, [...objects.values()]);
  const newest = Math.max(log.horizon, ...[...objects.values()].map(({ rev }) => rev));
  await storeWatermark(dynamo, partition, await jump(dynamo, partition, { newest, counter }));
}

async function collect<R extends Key>({ calls }: Dynamo, pk: string): Promise<Map<string, R>> {
  const records = new Map<string, R>();
  for await (const page of calls.query<R>(pk)) for (const record of page) records.set(record.sk, record);
  return records;
}

async function writeObject({ calls }: Dynamo, partition: Partition, { revision, entry }: { revision: Revision; entry: EntryRecord }): Promise<ObjectRecord> {
  const { key, value, ttl } = entry;
  // What is swept goes no sooner than the entry that speaks of it.
  const isPassing = value === undefined || value.expires !== undefined;
  const life = isPassing ? { ttl: Math.max(ttl, value?.expires ?? 0) } : {};
  const object: ObjectRecord = { ...objectKey(partition, key), type: 'object', rev: revision, ...(value && { value }), ...life };
  await calls.put(object, { condition: 'attribute_not_exists(pk) OR rev < :revision', values: { ':revision': revision } });
  return object;
}

// Only what is missing: entries too many are passed over by readers, who look at the object's own terms.
async function writeIndex(dynamo: Dynamo, partition: Partition, objects: readonly ObjectRecord[]): Promise<void> {
  const found = await collect<IndexRecord>(dynamo, indexKey(partition, { index: '', term: '' }, '').pk);
  for (const { sk: key, rev, value } of objects) {
    for (const term of value?.terms ?? []) {
      const entry: IndexRecord = { ...indexKey(partition, term, key), type: 'index', key, rev };
      const present = found.get(entry.sk);
      if (!present || present.gone) await dynamo.calls.put(entry);
    }
  }
}

// Of two that restore at once, one is refused: the other's writers may be at work by now.
async function jump({ calls, clock }: Dynamo, partition: Partition, { newest, counter }: { newest: Revision; counter: CounterRecord | undefined }): Promise<Revision> {
  const n = Math.max(newest, counter?.n ?? FIRST_REVISION) + JUMP;
  const now = seconds(clock.now());
  const ahead: CounterRecord = { ...counterKey(partition), type: 'counter', n, reservedAt: now, mark: n, markedAt: now, decided: n };
  const untouched = counter ? { condition: 'n = :n', values: { ':n': counter.n } } : { condition: 'attribute_not_exists(pk)' };
  if ((await calls.put(ahead, untouched)) !== 'done') throw new PortError('Unavailable', `${partition} is being restored by somebody else`, { retryAfterSeconds: 1 });
  return n;
}
