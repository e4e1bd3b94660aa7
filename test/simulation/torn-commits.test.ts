import { expect, test } from 'vitest';
import { jsonAnswer, parametersOf, type Answer, type Call } from '../aws/endpoint/call.ts';
import { tearCommits } from '../aws/endpoint/torn-commits.ts';

const PAUSE_MS = 30;
const key = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

test('the items of a transaction are shown one after another, and meanwhile whoever writes to them meets a conflict', async () => {
  const send = tornTable(() => 0.4);
  const transaction = send('TransactWriteItems', { TransactItems: ['a', 'b'].map((sk) => ({ Put: { TableName: 't', Item: { ...key(sk), rev: { N: '2' } } } })) });
  let isDone = false;
  const done = transaction.finally(() => (isDone = true));
  const query = async (): Promise<string> => revisionsIn(await send('Query', { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'p' } }, ConsistentRead: true }));
  const seen = new Set<string>();
  let conflicts = 0;
  while (!isDone) {
    seen.add(await query());
    if ((await send('PutItem', { Item: key('a') }, { isDry: true })).status === 400) conflicts++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await done;
  seen.add(await query());
  expect([...seen]).toEqual(['', '2', '22']);
  expect(conflicts).toBeGreaterThan(0);
});

test('an eventually consistent read may miss for a while what has been committed', async () => {
  const send = tornTable(() => 0.4);
  await send('TransactWriteItems', { TransactItems: [{ Put: { TableName: 't', Item: { ...key('a'), rev: { N: '2' } } } }] });
  const read = async (ConsistentRead: boolean): Promise<unknown> => (JSON.parse((await send('GetItem', { Key: key('a'), ConsistentRead })).body) as { Item?: unknown }).Item;
  expect(await read(true)).toBeDefined();
  expect(await read(false)).toBeUndefined();
});

// A table behind the wire that knows what these tests ask of it.
function tornTable(random: () => number) {
  const wire = tearCommits({ random, pauseMs: PAUSE_MS, lagMs: 10_000 });
  const items = new Map<string, object>();
  const execute = (call: Call): Answer => {
    const { TransactItems = [], Key } = parametersOf<{ TransactItems?: { Put: { Item: ReturnType<typeof key> } }[]; Key?: ReturnType<typeof key> }>(call);
    if (call.operation === 'TransactGetItems') return jsonAnswer(200, { Responses: TransactItems.map(() => ({})) });
    for (const { Put } of TransactItems) items.set(Put.Item.sk.S, Put.Item);
    return jsonAnswer(200, { Item: items.get(Key?.sk.S ?? ''), Items: [...items.values()] });
  };
  return async (operation: string, parameters: object, { isDry = false } = {}): Promise<Answer> => {
    const call: Call = { service: 'dynamodb', operation, accessKeyId: '', path: '/', body: Buffer.from(JSON.stringify(parameters)), headers: {}, hostUrl: '', signal: new AbortController().signal };
    return wire(call, (onward) => Promise.resolve(isDry ? jsonAnswer(200, {}) : execute(onward)));
  };
}

function revisionsIn({ body }: Answer): string {
  return (JSON.parse(body) as { Items: { rev?: { N: string } }[] }).Items.map(({ rev }) => rev?.N ?? '').join('');
}
