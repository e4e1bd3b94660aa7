import type { Partition, Revision } from '#ports/table';
import type { Databases, PartitionRecord } from './databases.ts';

/** An empty partition stands at 1, its first write gets 2: "0" means "any" to a watcher. */
const EMPTY_HEAD = 1;

export interface PartitionState {
  id: number;
  head: Revision;
  /** The log is whole after this revision. */
  floor: Revision;
}

export function findPartition(db: Databases, name: Partition): PartitionState | undefined {
  const record = db.partitions.get(name);
  return record && fromRecord(record);
}

export function headOf(db: Databases, name: Partition): Revision {
  return findPartition(db, name)?.head ?? EMPTY_HEAD;
}

/** Inside a write transaction only; `savePartition` keeps it. */
export function ensurePartition(db: Databases, name: Partition): PartitionState {
  return findPartition(db, name) ?? { id: raiseCounter(db, 'partition'), head: EMPTY_HEAD, floor: 0 };
}

export function savePartition(db: Databases, name: Partition, { id, head, floor }: PartitionState): void {
  void db.partitions.put(name, [id, head, floor]);
}

/** Numbers come from here once and never again, not even after what they named is gone. */
export function raiseCounter(db: Databases, name: 'partition' | 'claim version'): number {
  const next = (db.counters.get(name) ?? 0) + 1;
  void db.counters.put(name, next);
  return next;
}

function fromRecord([id, head, floor]: PartitionRecord): PartitionState {
  return { id, head, floor };
}
