import { BatchWriteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoClient } from '#adapters/dynamodb/client';
import { createDynamoTable } from '#adapters/dynamodb/table';
import { systemIds } from '#adapters/system/ids';
import { shiftedClock } from '#test/support/clock';
import { startDynamoDbLocal, type DynamoDbLocal } from '#test/support/dynamodb-local';
import { seededRandom } from '#test/support/ids';
import { ACCOUNT_KEY, REGION } from '../aws/account.ts';
import { openDynamoDbEndpoint } from '../aws/endpoint/dynamodb-endpoint.ts';
import { limitKeys } from '../aws/endpoint/key-limits.ts';
import { tearCommits } from '../aws/endpoint/torn-commits.ts';
import { causeTrouble, type Trouble } from '../aws/endpoint/trouble.ts';
import { runBatch, type Gate } from './batch.ts';
import type { MakeTable } from './home-double.ts';
import type { Process } from './interleaving.ts';

const AT_ONCE = 25;
const TROUBLE = { share: 0.06, lateMs: 100 };
const TEARING = { pauseMs: 40, lagMs: 1000 };
const KEY_UNITS_PER_SECOND = 60;
// A wire that holds answers back, on a busy machine, may be slower than the service ever is.
const REQUEST_TIMEOUT_MS = 40_000;

/**
 * On DynamoDB Local behind the emulated account's wire, which does what the service may do and DynamoDB Local never does; a process may die
 * between any two calls. Gives how many calls went wrong.
 */
export async function runOnDynamoDbLocal(seeds: readonly number[], onFaults: (faults: string[]) => void, makeTable: MakeTable = createDynamoTable): Promise<Trouble['happened']> {
  const local = await startDynamoDbLocal();
  const tableName = await local.createTable('history');
  const clock = shiftedClock();
  const random = seededRandom(seeds[0] ?? 0);
  const { wire, quiet, happened } = causeTrouble({ random, ...TROUBLE });
  const endpoint = await openDynamoDbEndpoint(local.endpoint, [wire, limitKeys(KEY_UNITS_PER_SECOND), tearCommits({ random, ...TEARING })]);
  const client = createDynamoClient({ endpoint: endpoint.url, region: REGION, credentials: { accessKeyId: ACCOUNT_KEY, secretAccessKey: 'secret' }, requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS } });
  const connect = (gate: Gate): Process => {
    let dead = false;
    const send = (command: never): Promise<unknown> => gate.pass(() => client.send(command), () => dead);
    return { table: makeTable({ client: { send }, tableName, clock, ids: systemIds, raiseEvery: 3 }), kill: () => void (dead = true) };
  };
  const sweep = async (partitions: readonly string[]): Promise<void> => void (await Promise.all(partitions.map((one) => sweepPartition(local, one, clock.now() / 1000))));
  try {
    for (let i = 0; i < seeds.length; i += AT_ONCE) onFaults(await runBatch(seeds.slice(i, i + AT_ONCE), { clock, connect, quiet, sweep }));
  } finally {
    await endpoint.close();
    client.destroy();
    await local.stop();
  }
  return happened;

  // What TTL does on AWS within days: here half of what is due.
  async function sweepPartition({ client }: DynamoDbLocal, partition: string, nowSeconds: number): Promise<void> {
    for (const part of ['log', 'object', 'index', 'body']) {
      const { Items = [] } = await client.send(new QueryCommand({ TableName: tableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: `${partition}#${part}` } } }));
      const due = Items.filter(({ ttl, pk, sk }) => pk && sk && Number(ttl?.N ?? Infinity) < nowSeconds && systemIds.integer(2) === 0);
      const deletes = due.slice(0, 25).map((item) => ({ DeleteRequest: { Key: { pk: item['pk'] as { S: string }, sk: item['sk'] as { S: string } } } }));
      if (deletes.length > 0) await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: deletes } }));
    }
  }
}
