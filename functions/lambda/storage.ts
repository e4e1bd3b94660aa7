import { createDynamoClient } from '#adapters/dynamodb/client';
import { createDynamoTable } from '#adapters/dynamodb/table';
import { systemClock } from '#adapters/system/clock';
import { systemIds } from '#adapters/system/ids';
import type { Table } from '#ports/table';
import type { ObjectStore } from '#store/object-store';
import { openObjectStore } from '#store/open';
import { createPacedWakeup } from './paced-wakeup.ts';

export interface Storage {
  table: Table;
  store: ObjectStore;
}

/** The installation's table, and its cluster's objects over it. Calls nothing yet. */
export function openStorage(environment: { table: string; cluster: string }): Storage {
  const system = { clock: systemClock, ids: systemIds };
  const table = createDynamoTable({ client: createDynamoClient(), tableName: environment.table, ...system });
  return { table, store: openObjectStore({ table, cluster: environment.cluster, wakeup: createPacedWakeup(systemClock), ...system }) };
}
