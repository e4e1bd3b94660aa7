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

/**
 * The partitions that one write transaction moves: each is read once and written once, at its end, however many commits share the
 * transaction.
 */
export interface PartitionStates {
  find(name: Partition): PartitionState | undefined;
  /** Makes the partition where it is missing, and keeps it at the end. */
  touch(name: Partition): PartitionState;
  /** Its record was written or removed by other means. */
  forget(name: Partition): void;
  /** Hands over what was touched, with the head that it had before. */
  save(last: (state: PartitionState, headBefore: Revision) => void): void;
}

export function partitionStates(db: Databases): PartitionStates {
  const known = new Map<Partition, PartitionState>();
  const heads = new Map<Partition, Revision>();
  const find = (name: Partition): PartitionState | undefined => {
    const state = known.get(name) ?? findPartition(db, name);
    if (state) known.set(name, state);
    return state;
  };
  return {
    find,
    touch(name) {
      const state = find(name) ?? { id: raiseCounter(db, 'partition'), head: EMPTY_HEAD, floor: 0 };
      known.set(name, state);
      if (!heads.has(name)) heads.set(name, state.head);
      return state;
    },
    forget(name) {
      known.delete(name);
      heads.delete(name);
    },
    save(last) {
      for (const [name, headBefore] of heads) {
        const state = known.get(name);
        if (!state) continue;
        last(state, headBefore);
        void db.partitions.put(name, [state.id, state.head, state.floor]);
      }
    },
  };
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
