import type { Table } from '#ports/table';
import { tableAround } from './table-around.ts';

/** The same table behind a wire: each call takes some turns of the event loop, before it is done and after, as chance has it. */
export function slowTable(table: Table, random: () => number): Table {
  const wait = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  };
  return tableAround(table, async (call) => {
    await wait();
    try {
      return await call();
    } finally {
      await wait();
    }
  });
}
