import type { Clock } from '#ports/clock';
import { PortError } from '#ports/errors';
import type { Commit, Partition, Revision, Table } from '#ports/table';
import type { Wakeup } from '#ports/wakeup';
import { listClaims, readClaim } from './claims.ts';
import { applyCommit } from './commit.ts';
import { openDatabases } from './databases.ts';
import type { Databases } from './databases.ts';
import { createGroupCommit } from './group-commit.ts';
import { headOf, partitionStates } from './partitions.ts';
import type { PartitionStates } from './partitions.ts';
import { purgeSome } from './purge.ts';
import { readChanges, readItem, readSnapshot } from './read.ts';
import { DEFAULT_RETENTION, sweepDue, trimLog } from './sweep.ts';
import type { Retention } from './sweep.ts';
import { createWakeup } from './wakeup.ts';

/** The table of one machine: one LMDB environment in a folder of its own, all clusters of the installation in it. */
export interface EmbeddedTable {
  table: Table;
  wakeup: Wakeup;
  /** Lets what is under way finish; later writes are refused. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  folder: string;
  clock: Clock;
  retention?: Partial<Retention>;
}

export function openEmbeddedTable({ folder, clock, retention }: EmbeddedOptions): EmbeddedTable {
  const db = openDatabases(folder);
  const keep = { ...DEFAULT_RETENTION, ...retention };
  const group = createGroupCommit(db.root, { begin: () => partitionStates(db), end: (partitions) => finish(db, partitions, { nowMs: clock.now(), retention: keep }) });
  const wakeup = createWakeup({ clock, headOf: (partition) => headOf(live(), partition) });
  let closed = false;

  // LMDB's memory is unmapped when it is closed: a late reader would not get an error but end the process.
  function live(): Databases {
    if (closed) throw new PortError('Unavailable', 'the store is closed');
    return db;
  }

  async function commit(what: Commit): Promise<Revision[]> {
    const revisions = await group.run((partitions) => applyCommit(db, what, { partitions, nowMs: clock.now(), retention: keep }));
    for (const { partition } of what.writes) wakeup.signal(partition);
    return revisions;
  }

  async function bump(partition: Partition): Promise<Revision> {
    const revision = await group.run((partitions) => ++partitions.touch(partition).head);
    wakeup.signal(partition);
    return revision;
  }

  const table: Table = {
    commit,
    bump,
    read: async (partition, key) => readItem(live(), { partition, key }, clock.now()),
    snapshot: async (partition, query) => readSnapshot(live(), partition, query, clock.now()),
    changes: async (partition, after, limit) => readChanges(live(), { partition, after, limit }, clock.now()),
    readClaim: async (cluster, key) => readClaim(live(), { cluster, key }, clock.now()),
    claims: async (cluster, prefix) => listClaims(live(), { cluster, prefix }, clock.now()),
    purge: (cluster) => group.run((partitions) => purgeSome(db, partitions, cluster)),
  };
  return {
    table,
    wakeup,
    async close() {
      await group.close();
      closed = true;
      await db.root.close();
    },
  };
}

function finish(db: Databases, partitions: PartitionStates, { nowMs, retention }: { nowMs: number; retention: Retention }): void {
  partitions.save((state, headBefore) => trimLog(db, state, { added: state.head - headBefore, nowMs, retention }));
  sweepDue(db, nowMs);
}
