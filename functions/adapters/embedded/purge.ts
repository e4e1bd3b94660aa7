import type { Database, Key } from 'lmdb';
import type { Databases } from './databases.ts';
import { partitionRange } from './keys.ts';
import type { PartitionStates } from './partitions.ts';

// One call holds up the other writers no longer than this many removals take.
const STEPS = 2000;

/** Runs inside a write transaction; true when nothing of the cluster is left. What is noted as due falls away by itself. */
export function purgeSome(db: Databases, partitions: PartitionStates, cluster: string): boolean {
  const start = `${cluster}/`;
  const claims = take(db.claims, { start }, (key) => key.startsWith(start));
  for (const key of claims) void db.claims.remove(key);
  if (claims.length > 0) return false;
  const [name] = take(db.partitions, { start, limit: 1 }, (key) => key.startsWith(start));
  if (name === undefined) return true;
  if (!emptyPartition(db, db.partitions.get(name)?.[0] ?? 0)) return false;
  partitions.forget(name);
  void db.partitions.remove(name);
  return false;
}

function emptyPartition(db: Databases, id: number): boolean {
  for (const part of [db.items, db.log, db.index] as Database<unknown, Buffer>[]) {
    const keys = take(part, partitionRange(id), () => true);
    for (const key of keys) void part.remove(key);
    if (keys.length > 0) return false;
  }
  return true;
}

function take<K extends Key>(from: Database<unknown, K>, range: { start: K; end?: K; limit?: number }, wanted: (key: K) => boolean): K[] {
  const keys: K[] = [];
  for (const key of from.getKeys({ limit: STEPS, ...range })) {
    if (!wanted(key)) break;
    // LMDB may reuse the memory of a key with the next step.
    keys.push((Buffer.isBuffer(key) ? Buffer.from(key) : key) as K);
  }
  return keys;
}
