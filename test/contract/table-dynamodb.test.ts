import { QueryCommand, DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoTable } from '#adapters/dynamodb/table';
import { systemIds } from '#adapters/system/ids';
import { shiftedClock } from '#test/support/clock';
import { startDynamoDbLocal } from '#test/support/dynamodb-local';
import { tableContract } from './table.contract.ts';

tableContract('the DynamoDB adapter, on DynamoDB Local,', async () => {
  const local = await startDynamoDbLocal();
  const tableName = await local.createTable('zeroplane');
  const clock = shiftedClock();
  const table = createDynamoTable({ client: local.client, tableName, clock, ids: systemIds });
  return {
    table,
    clock,
    async expireLog(partition) {
      clock.shift(49 * 3_600_000);
      await sweepLog(local.client, { tableName, partition, nowSeconds: clock.now() / 1000 });
      await table.bump(partition);
    },
    close: () => local.stop(),
  };
});

// What DynamoDB's TTL does within days; DynamoDB Local goes by the real time.
async function sweepLog(client: DynamoDBClient, { tableName, partition, nowSeconds }: { tableName: string; partition: string; nowSeconds: number }): Promise<void> {
  const found = await client.send(
    new QueryCommand({ TableName: tableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: `${partition}#log` } } }),
  );
  for (const { pk, sk, ttl } of found.Items ?? []) {
    if (pk && sk && ttl && Number(ttl.N) < nowSeconds) await client.send(new DeleteItemCommand({ TableName: tableName, Key: { pk, sk } }));
  }
}
