import { openEmbeddedTable } from '#adapters/embedded/open';
import { shiftedClock } from '#test/support/clock';
import { volatileFolder } from '#test/support/folder';
import { tableContract } from './table.contract.ts';

tableContract('the embedded adapter', async () => {
  const folder = volatileFolder('table');
  const clock = shiftedClock();
  const embedded = openEmbeddedTable({ folder: folder.path, clock });
  return {
    table: embedded.table,
    clock,
    async expireLog(partition) {
      clock.shift(49 * 3_600_000);
      await embedded.table.bump(partition);
    },
    async close() {
      await embedded.close();
      folder.remove();
    },
  };
});
