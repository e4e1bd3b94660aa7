import { afterEach, expect, inject, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { seededRandom } from '../support/ids.ts';
import { awsJson } from './endpoint/aws-json.ts';
import { splitShards } from './sources/shards.ts';
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

test('of several shards each record is delivered once, those of one item in their order, the others in any', async () => {
  const streamArn = await createTable('stream-of-many');
  const writes = Array.from({ length: 40 }, (_, n) => ({ pk: `key-${n % 8}`, version: n }));
  for (const { pk, version } of writes) await put('stream-of-many', { pk: { S: pk }, version: { N: String(version) } });
  const delivered: { pk: string; version: number }[] = [];
  source = followStream({
    ...{ streamArn, batchSize: 3, maximumRetryAttempts: 0, filter: () => true, log: () => undefined },
    dynamodb: splitShards(dynamodb, { parts: 4, random: seededRandom(1) }),
    invoke: async (event) => void delivered.push(...(event as { Records: Delivered[] }).Records.map(({ dynamodb: { NewImage } }) => ({ pk: NewImage.pk.S, version: Number(NewImage.version.N) }))),
  });
  await eventually('all are there', async () => delivered.length >= writes.length);
  const versionsOf = (all: typeof delivered, of: string): number[] => all.filter(({ pk }) => pk === of).map(({ version }) => version);
  for (const { pk } of writes) expect(versionsOf(delivered, pk)).toEqual(versionsOf(writes, pk));
  expect(delivered).not.toEqual(writes);
});

interface Delivered {
  dynamodb: { NewImage: { pk: { S: string }; version: { N: string } } };
}

async function createTable(TableName: string): Promise<string> {
  const keys = { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }], AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }] };
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' };
  const { TableDescription } = await dynamodb<{ TableDescription: { LatestStreamArn: string } }>('DynamoDB_20120810.CreateTable', { TableName, ...keys, BillingMode: 'PAY_PER_REQUEST', StreamSpecification });
  return TableDescription.LatestStreamArn;
}

async function put(TableName: string, Item: object = { pk: { S: 'key' } }): Promise<void> {
  await dynamodb('DynamoDB_20120810.PutItem', { TableName, Item });
}
