import { BatchWriteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoTable } from '#adapters/dynamodb/table';
import { systemIds } from '#adapters/system/ids';
import { shiftedClock } from '#test/support/clock';
import { startDynamoDbLocal, type DynamoDbLocal } from '#test/support/dynamodb-local';
import { runBatch, type Gate } from './batch.ts';
import type { Process } from './interleaving.ts';

const AT_ONCE = 25;

/** On DynamoDB Local, over the SDK and the wire: a process may die between any two calls. */
export async function runOnDynamoDbLocal(seeds: readonly number[], onFaults: (faults: string[]) => void): Promise<void> {
  const local = await startDynamoDbLocal();
  const tableName = await local.createTable('history');
  const clock = shiftedClock();
  const connect = (gate: Gate): Process => {
    let dead = false;
    const send = (command: never): Promise<unknown> => gate.pass(() => local.client.send(command), () => dead);
    return { table: createDynamoTable({ client: { send }, tableName, clock, ids: systemIds, raiseEvery: 3 }), kill: () => void (dead = true) };
  };
  const sweep = async (partitions: readonly string[]): Promise<void> => void (await Promise.all(partitions.map((one) => sweepPartition(local, one, clock.now() / 1000))));
  try {
    for (let i = 0; i < seeds.length; i += AT_ONCE) onFaults(await runBatch(seeds.slice(i, i + AT_ONCE), { clock, connect, sweep }));
  } finally {
    await local.stop();
  }

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
