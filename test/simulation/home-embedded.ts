import { openEmbeddedTable } from '#adapters/embedded/open';
import type { Table } from '#ports/table';
import { shiftedClock } from '#test/support/clock';
import { volatileFolder } from '#test/support/folder';
import { runBatch, type Gate } from './batch.ts';
import type { Process } from './interleaving.ts';

const AT_ONCE = 250;

/** All on one LMDB environment, so that their commits share flushes. Its commits cannot be torn: a process that dies here only stops. */
export async function runOnEmbedded(seeds: readonly number[], onFaults: (faults: string[]) => void): Promise<void> {
  const folder = volatileFolder('history');
  const clock = shiftedClock();
  const embedded = openEmbeddedTable({ folder: folder.path, clock });
  const connect = (gate: Gate): Process => {
    let dead = false;
    return { table: gated(embedded.table, gate, () => dead), kill: () => void (dead = true) };
  };
  // The adapter sweeps by itself, with commits.
  const storage = { clock, connect, sweep: async (partitions: readonly string[]) => void (await Promise.all(partitions.map((one) => embedded.table.bump(one)))) };
  try {
    for (let i = 0; i < seeds.length; i += AT_ONCE) onFaults(await runBatch(seeds.slice(i, i + AT_ONCE), storage));
  } finally {
    await embedded.close();
    folder.remove();
  }
}

function gated(table: Table, gate: Gate, isDead: () => boolean): Table {
  return {
    read: (partition, key) => gate.pass(() => table.read(partition, key), isDead),
    commit: (commit) => gate.pass(() => table.commit(commit), isDead),
    snapshot: (partition, query) => gate.pass(() => table.snapshot(partition, query), isDead),
    changes: (partition, after, limit) => gate.pass(() => table.changes(partition, after, limit), isDead),
    bump: (partition) => gate.pass(() => table.bump(partition), isDead),
    readClaim: (cluster, key) => gate.pass(() => table.readClaim(cluster, key), isDead),
    claims: (cluster, prefix) => gate.pass(() => table.claims(cluster, prefix), isDead),
    purge: (cluster) => gate.pass(() => table.purge(cluster), isDead),
  };
}
