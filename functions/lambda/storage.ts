import { createDynamoClient } from '#adapters/dynamodb/client';
import { createDynamoTable, type DynamoTable } from '#adapters/dynamodb/table';
import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import type { ObjectStore } from '#store/object-store';
import { openObjectStore } from '#store/open';
import { createPacedWakeup } from './paced-wakeup.ts';

export interface Storage {
  /** The installation's, for all its clusters. */
  table: DynamoTable;
  tableName: string;
  storeOf(cluster: string): ObjectStore;
}

/** Calls nothing yet. */
export function openStorage({ table: tableName }: { table: string }): Storage {
  const system = { clock: systemClock, ids: systemIds };
  const table = createDynamoTable({ client: createDynamoClient(), tableName, ...system });
  const wakeup = createPacedWakeup(systemClock);
  return { table, tableName, storeOf: (cluster) => openObjectStore({ table, cluster, wakeup, ...system }) };
}
