import { openEmbeddedTable } from '#adapters/embedded/open';
import { resourceFor } from '#api/resources';
import type { ApiResource } from '#api/resource';
import type { Table } from '#ports/table';
import { openObjectStore } from '#store/open';
import type { ObjectStore } from '#store/object-store';
import { manualClock } from './clock.ts';
import type { ManualClock } from './clock.ts';
import { volatileFolder } from './folder.ts';
import { seededIds } from './ids.ts';

export interface TestStore {
  store: ObjectStore;
  table: Table;
  clock: ManualClock;
  /** Another store over the same table, as another process would have it: nothing is warm. Seed 1 is the first store's. */
  another(seed?: number, table?: Table): ObjectStore;
  close(): Promise<void>;
}

/** The real store over the real embedded table, with a clock that the test moves. */
export function openTestStore(cluster = 'c1'): TestStore {
  const folder = volatileFolder('store');
  const clock = manualClock();
  const embedded = openEmbeddedTable({ folder: folder.path, clock });
  const another = (seed = 2, table = embedded.table): ObjectStore => openObjectStore({ table, wakeup: embedded.wakeup, cluster, clock, ids: seededIds(seed) });
  return {
    store: another(1),
    table: embedded.table,
    clock,
    another,
    async close() {
      await embedded.close();
      folder.remove();
    },
  };
}

/** `('configmaps')`, `('deployments', 'apps')`. */
export function resource(plural: string, group = '', version = 'v1'): ApiResource {
  const found = resourceFor(group, version, plural);
  if (!found) throw new Error(`no resource ${plural}.${version}.${group}`);
  return found;
}
