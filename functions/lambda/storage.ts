import { createDynamoClient } from '#adapters/dynamodb/client';
import { createDynamoTable } from '#adapters/dynamodb/table';
import { systemClock } from '#adapters/system/clock';
import { systemIds } from '#adapters/system/ids';
import type { Table } from '#ports/table';
import type { ObjectStore } from '#store/object-store';
import { openObjectStore } from '#store/open';
import { createPacedWakeup } from './paced-wakeup.ts';

export interface Storage {
  /** The installation's, for all its clusters. */
  table: Table;
  storeOf(cluster: string): ObjectStore;
}

/** Calls nothing yet. */
export function openStorage(environment: { table: string }): Storage {
  const system = { clock: systemClock, ids: systemIds };
  const table = createDynamoTable({ client: createDynamoClient(), tableName: environment.table, ...system });
  const wakeup = createPacedWakeup(systemClock);
  return { table, storeOf: (cluster) => openObjectStore({ table, cluster, wakeup, ...system }) };
}
