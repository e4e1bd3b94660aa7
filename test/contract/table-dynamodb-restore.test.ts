import { BatchWriteItemCommand, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDynamoTable, type DynamoTable } from '#adapters/dynamodb/table';
import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import type { Revision } from '#ports/table';
import { startDynamoDbLocal, type DynamoDbLocal } from '#test/support/dynamodb-local';
import { benchOf, expectRefusal, type Bench } from './table/subject.ts';

// Point-in-time recovery gives a new table, which may hold any part of a transaction's items and lack the others.
const NODE_1 = { index: 'node', term: 'n1' };
const NODE_2 = { index: 'node', term: 'n2' };

type Item = Record<string, AttributeValue>;

let local: DynamoDbLocal;
beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());

test.each([
  { what: 'an update that moves an object to another node', before: 'old', after: 'new', write: (bench: Bench) => bench.put('a', 'new', { indexes: [NODE_2] }) },
  { what: 'a deletion', before: 'old', after: null, write: (bench: Bench) => bench.remove('a') },
])('$what: of every part that a copy may hold, the restored table makes one state', async ({ before, after, write }) => {
  const { table, name } = await newTable();
  const bench = benchOf(table);
  await bench.put('b', 'stays');
  await bench.put('a', before, { indexes: [NODE_1] });
  const earlier = await itemsOf(name);
  await write(bench);
  const later = await itemsOf(name);
  const lost = await bench.put('b', 'of the time that is lost');

  const torn = [...later].filter(([key, item]) => JSON.stringify(item) !== JSON.stringify(earlier.get(key)) && !key.includes('#counter')).map(([key]) => key);
  expect(torn.length).toBeGreaterThanOrEqual(3);
  for (let part = 0; part < 2 ** torn.length; part++) {
    const copy = new Map(earlier);
    torn.forEach((key, i) => void (part & (2 ** i) && copy.set(key, later.get(key) as Item)));
    const restored = await restoredCopy(copy, bench.cluster);
    const value = await expectWhole(benchOf(restored, bench.cluster), restored, { lost });
    const isSaid = torn.some((key, i) => part & (2 ** i) && /#(object|log)/.test(key));
    expect(value, torn.filter((_, i) => part & (2 ** i)).join()).toBe(isSaid ? after : before);
  }
});

/** Whatever is asked says the same, nothing that was given out is given out again, and who watched the lost time hears of it. Gives the value of `a`. */
async function expectWhole(bench: Bench, table: DynamoTable, { lost }: { lost: Revision }): Promise<string | null> {
  const { partition } = bench;
  const found = await table.read(partition, 'a');
  const { items, revision } = await table.snapshot(partition, {});
  expect(items.map(({ key }) => key)).toEqual(found?.value ? ['a', 'b'] : ['b']);
  const nodes = await Promise.all([NODE_1, NODE_2].map((index) => table.snapshot(partition, { index })));
  expect(nodes.flatMap((node) => node.items.map(({ revision: at }) => at))).toEqual(found?.value ? [found.revision] : []);
  expect(revision).toBeGreaterThan(lost + 1000);
  await expectRefusal(table.changes(partition, lost, 100), 'Expired');
  await expectRefusal(table.snapshot(partition, { at: lost }), 'Expired');
  expect(await table.changes(partition, revision, 100)).toEqual({ changes: [], revision });
  const next = await bench.put('a', 'goes on');
  expect(next).toBeGreaterThan(revision);
  expect((await bench.tail(revision)).map(({ key, previousRevision }) => [key, previousRevision])).toEqual([['a', found?.value ? found.revision : 0]]);
  return found?.value ? Buffer.from(found.value).toString() : null;
}

async function restoredCopy(items: ReadonlyMap<string, Item>, cluster: string): Promise<DynamoTable> {
  const { table, name } = await newTable();
  await local.client.send(new BatchWriteItemCommand({ RequestItems: { [name]: [...items.values()].map((Item) => ({ PutRequest: { Item } })) } }));
  await table.restore(cluster);
  return table;
}

let tables = 0;
async function newTable(): Promise<{ table: DynamoTable; name: string }> {
  const name = await local.createTable(`restored-${tables++}`);
  return { name, table: createDynamoTable({ client: local.client, tableName: name, clock: systemClock, ids: systemIds }) };
}

async function itemsOf(TableName: string): Promise<Map<string, Item>> {
  const { Items = [] } = await local.client.send(new ScanCommand({ TableName }));
  return new Map(Items.map((item) => [`${item['pk']?.S} ${item['sk']?.S}`, item]));
}
