import type { Table } from '#ports/table';

/** The same table, each of its calls made by `around`. */
export function tableAround(table: Table, around: <T>(call: () => Promise<T>) => Promise<T>): Table {
  return {
    read: (partition, key) => around(() => table.read(partition, key)),
    commit: (commit) => around(() => table.commit(commit)),
    snapshot: (partition, query) => around(() => table.snapshot(partition, query)),
    changes: (partition, after, limit) => around(() => table.changes(partition, after, limit)),
    bump: (partition) => around(() => table.bump(partition)),
    readClaim: (cluster, key) => around(() => table.readClaim(cluster, key)),
    claims: (cluster, prefix) => around(() => table.claims(cluster, prefix)),
    purge: (cluster) => around(() => table.purge(cluster)),
  };
}
