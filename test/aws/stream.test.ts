import { afterEach, expect, inject, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { awsJson } from './endpoint/aws-json.ts';
import type { Source } from './sources/source.ts';
import { followStream } from './sources/stream.ts';

const dynamodb = awsJson(inject('dynamodbUrl'));
let source: Source | undefined;
afterEach(() => source?.stop());

test('what is written first to a table is delivered, also after its empty shard was read and other accounts were written to', async () => {
  const streamArn = await createTable('stream-of-one');
  await createTable('stream-of-another');
  let reads = 0;
  const delivered: unknown[] = [];
  source = followStream({
    ...{ streamArn, batchSize: 10, maximumRetryAttempts: 0, filter: () => true, log: () => undefined },
    dynamodb: async <T>(target: string, body: object, signal?: AbortSignal): Promise<T> => {
      const answer = await dynamodb<T>(target, body, signal);
      if (target.endsWith('GetRecords')) reads += 1;
      return answer;
    },
    invoke: async (event) => void delivered.push(...(event as { Records: unknown[] }).Records),
  });
  await eventually('the shard was read', async () => reads > 0);
  await put('stream-of-another');
  await put('stream-of-one');
  await eventually('the record is there', async () => delivered.length > 0);
  expect(delivered).toMatchObject([{ dynamodb: { Keys: { pk: { S: 'key' } } } }]);
});

async function createTable(TableName: string): Promise<string> {
  const keys = { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }] };
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' };
  const { TableDescription } = await dynamodb<{ TableDescription: { LatestStreamArn: string } }>('DynamoDB_20120810.CreateTable', { TableName, ...keys, BillingMode: 'PAY_PER_REQUEST', StreamSpecification });
  return TableDescription.LatestStreamArn;
}

async function put(TableName: string): Promise<void> {
  await dynamodb('DynamoDB_20120810.PutItem', { TableName, Item: { pk: { S: 'key' } } });
}
