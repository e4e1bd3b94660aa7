import type { ConsumedCapacity, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import type { DynamoClient } from '#adapters/dynamodb/calls';
import { createDynamoTable } from '#adapters/dynamodb/table';
import { systemClock } from '#adapters/system/clock';
import { systemIds } from '#adapters/system/ids';
import { startDynamoDbLocal } from '#test/support/dynamodb-local';
import { transactionUnits } from '#test/support/write-units';

// What one call of the table costs in DynamoDB's units, as DynamoDB Local counts them; except for transactions, which it gets wrong when their items
// differ in size: those are counted here, by the service's rule of two units for each KB of each item.
//   npx tsx test/bench/dynamodb-units.ts

interface Units {
  calls: number;
  write: number;
  read: number;
}

const WRITES = new Set(['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand', 'BatchWriteItemCommand']);
const PARTITION = 'bench/things.';
const [DOLLARS_PER_WRITE, DOLLARS_PER_READ] = [0.625e-6, 0.125e-6];

const local = await startDynamoDbLocal();
const tableName = await local.createTable('units');
const spent: Units = { calls: 0, write: 0, read: 0 };
const table = createDynamoTable({ client: counting(local.client), tableName, clock: systemClock, ids: systemIds });

try {
  console.log('what                                        calls  write units  read units  $ per million');
  await table.bump(PARTITION); // makes the partition
  for (const size of [500, 1000, 1100, 3000, 10_000, 100_000]) {
    await measure(`create, ${size} bytes`, () => commit(`k${size}`, size));
    await measure(`update, ${size} bytes`, () => commit(`k${size}`, size));
  }
  await measure('create, 800 bytes, one index term', () => commit('indexed', 800, [{ index: 'node', term: 'n1' }]));
  await measure('update, 800 bytes, term unchanged', () => commit('indexed', 800, [{ index: 'node', term: 'n1' }]));
  await measure('delete', () => commit('k1000', null));
  await measure('heartbeat (one claim, unconditional)', () => table.commit({ writes: [], claims: [{ cluster: 'bench', key: 'heartbeat/n1', value: new Uint8Array(200) }] }));
  await measure('read, 1000 bytes', () => table.read(PARTITION, 'k1000'));
  const { revision } = await table.snapshot(PARTITION, {});
  await measure('changes, nothing new', () => table.changes(PARTITION, revision, 100));
  await commit('k1000', 1024);
  await measure('changes, one of 1000 bytes', () => table.changes(PARTITION, revision, 100));
  await table.settle(PARTITION);
  for (let i = 0; i < 100; i++) await commit(`small${i}`, 800);
  await measure('settle over 100 commits', () => table.settle(PARTITION));
  await measure('snapshot of 100 items of 800 bytes', () => table.snapshot(PARTITION, { prefix: 'small' }));
} finally {
  await local.stop();
}

async function commit(key: string, size: number | null, indexes: { index: string; term: string }[] = []): Promise<void> {
  const expect = (await table.read(PARTITION, key))?.revision ?? 0;
  Object.assign(spent, { calls: 0, write: 0, read: 0 });
  await table.commit({ writes: [{ partition: PARTITION, key, expect, value: size === null ? null : new Uint8Array(size), indexes }] });
}

async function measure(what: string, run: () => Promise<unknown>): Promise<void> {
  Object.assign(spent, { calls: 0, write: 0, read: 0 });
  await run();
  const dollars = (spent.write * DOLLARS_PER_WRITE + spent.read * DOLLARS_PER_READ) * 1e6;
  console.log([what.padEnd(43), String(spent.calls).padStart(5), String(spent.write).padStart(12), String(spent.read).padStart(11), dollars.toFixed(2).padStart(14)].join(' '));
}

function counting(real: DynamoClient): DynamoClient {
  const send = async (command: { constructor: { name: string }; input: object }): Promise<unknown> => {
    Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
    const answer = (await real.send(command as never)) as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] };
    spent.calls++;
    const used = answer.ConsumedCapacity === undefined ? [] : [answer.ConsumedCapacity].flat();
    const units = used.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    if (command.constructor.name === 'TransactWriteItemsCommand') spent.write += transactionUnits((command.input as TransactWriteItemsCommandInput).TransactItems ?? []);
    else spent[WRITES.has(command.constructor.name) ? 'write' : 'read'] += units;
    return answer;
  };
  return { send } as DynamoClient;
}
