import { randomBytes } from 'node:crypto';
import { createDynamoClient } from '#adapters/dynamodb/client';
import { createDynamoTable } from '#adapters/dynamodb/table';
import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import { ACCOUNT_KEY, REGION } from '../aws/account.ts';
import { createMeter } from '../aws/bill/meter.ts';
import { dollarsOf, sumOf } from '../aws/bill/prices.ts';
import { openDynamoDbEndpoint } from '../aws/endpoint/dynamodb-endpoint.ts';
import { startDynamoDbLocal } from '../support/dynamodb-local.ts';
import type { Figure } from './figure.ts';

const PARTITION = 'bench/things.';

/** What one call of the table costs in DynamoDB's units, by the same meter as the bill. Values do not compress, so that their size is what is stored. */
export async function storeUnitFigures(): Promise<Figure[]> {
  const local = await startDynamoDbLocal();
  const tableName = await local.createTable('units');
  const meter = createMeter();
  const endpoint = await openDynamoDbEndpoint(local.endpoint, [meter.wire]);
  const client = createDynamoClient({ endpoint: endpoint.url, region: REGION, credentials: { accessKeyId: ACCOUNT_KEY, secretAccessKey: 'secret' } });
  const table = createDynamoTable({ client, tableName, clock: systemClock, ids: systemIds });

  const figures: Figure[] = [];
  const measure = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    meter.reset();
    await run();
    const items = meter.items();
    const amounts = sumOf(items.map((item) => item.amounts));
    const calls = items.reduce((sum, item) => sum + item.calls, 0);
    figures.push({ what: `table: ${what}`, ours: `${calls} calls, ${amounts.writeUnit ?? 0} write and ${amounts.readUnit ?? 0} read units, $${(dollarsOf(amounts) * 1e6).toFixed(2)} per million` });
  };
  const write = async (key: string, value: number | null, indexes: { index: string; term: string }[] = []): Promise<() => Promise<unknown>> => {
    const expect = (await table.read(PARTITION, key))?.revision ?? 0;
    return () => table.commit({ writes: [{ partition: PARTITION, key, expect, value: value === null ? null : randomBytes(value), indexes }] });
  };
  try {
    await table.bump(PARTITION); // makes the partition
    for (const size of [500, 1000, 1100, 3000, 10_000, 100_000]) {
      await measure(`create, ${size} bytes`, await write(`k${size}`, size));
      await measure(`update, ${size} bytes`, await write(`k${size}`, size));
    }
    const indexes = [{ index: 'node', term: 'n1' }];
    await measure('create, 800 bytes, one index term', await write('indexed', 800, indexes));
    await measure('update, 800 bytes, term unchanged', await write('indexed', 800, indexes));
    await measure('delete', await write('k1000', null));
    await measure('heartbeat (one claim, unconditional)', () => table.commit({ writes: [], claims: [{ cluster: 'bench', key: 'heartbeat/n1', value: new Uint8Array(200) }] }));
    await measure('read, 1100 bytes', () => table.read(PARTITION, 'k1100'));
    const { revision } = await table.snapshot(PARTITION, {});
    await measure('changes, nothing new', () => table.changes(PARTITION, revision, 100));
    await (await write('k1000', 1024))();
    await measure('changes, one of 1000 bytes', () => table.changes(PARTITION, revision, 100));
    await table.settle(PARTITION);
    for (let i = 0; i < 100; i++) await (await write(`small${i}`, 800))();
    await measure('settle over 100 commits', () => table.settle(PARTITION));
    await measure('snapshot of 100 items of 800 bytes', () => table.snapshot(PARTITION, { prefix: 'small' }));
    return figures;
  } finally {
    client.destroy();
    await endpoint.close();
    await local.stop();
  }
}
