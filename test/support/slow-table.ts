import type { Table } from '#ports/table';

/** The same table behind a wire: each call takes some turns of the event loop, before it is done and after, as chance has it. */
export function slowTable(table: Table, random: () => number): Table {
  const wait = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  };
  const slow = async <T>(call: () => Promise<T>): Promise<T> => {
    await wait();
    try {
      return await call();
    } finally {
      await wait();
    }
  };
  return {
    read: (partition, key) => slow(() => table.read(partition, key)),
    commit: (commit) => slow(() => table.commit(commit)),
    snapshot: (partition, query) => slow(() => table.snapshot(partition, query)),
    changes: (partition, after, limit) => slow(() => table.changes(partition, after, limit)),
    bump: (partition) => slow(() => table.bump(partition)),
    readClaim: (cluster, key) => slow(() => table.readClaim(cluster, key)),
    claims: (cluster, prefix) => slow(() => table.claims(cluster, prefix)),
    purge: (cluster) => slow(() => table.purge(cluster)),
  };
}
