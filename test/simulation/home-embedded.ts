import { openEmbeddedTable } from '#adapters/embedded/open';
import { shiftedClock } from '#test/support/clock';
import { volatileFolder } from '#test/support/folder';
import { tableAround } from '#test/support/table-around';
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
    return { table: tableAround(embedded.table, (call) => gate.pass(call, () => dead)), kill: () => void (dead = true) };
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
