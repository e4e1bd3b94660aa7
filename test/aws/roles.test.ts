import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpsTransport } from '#client/https-transport';
import { readText } from '#client/transport';
import { eventually } from '../support/eventually.ts';
import { openAccount, type Account } from './open-account.ts';
import { rareCalls } from './rare-calls.ts';
import { rolledOut } from './rollout.ts';

let account: Account;
beforeAll(async () => {
  account = await openAccount({ tickSeconds: 2 });
  const { read, write } = rareCalls(account);
  await account.kubectl(['create', 'deployment', 'web', '--image=example.test/web:1']);
  await rolledOut(account);
  await account.kubectl(['logs', 'deployment/web']);
  await Promise.all([write('Api'), write('Worker'), read('Tick'), clusterWithNode(account)]);
});

// Made, joined and deleted, which takes the node's queue away.
async function clusterWithNode({ url: server, caFile, adminToken }: Account): Promise<void> {
  const ca = readFileSync(caFile, 'utf8');
  const ask = async (token: string, [method, path, body]: ['POST' | 'DELETE', string, object?]): Promise<{ token: string }> => {
    const transport = httpsTransport({ server, ca, token });
    const response = await eventually(`${method} ${path}`, async () => {
      const tried = await transport.send({ method, path, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      return tried.status !== 429 && tried;
    });
    const answer = JSON.parse(await readText(response)) as { token: string };
    transport.close();
    return answer;
  };
  await ask(adminToken, ['POST', '/v1/clusters', { name: 'brief' }]);
  const { token } = await ask(adminToken, ['POST', '/v1/clusters/brief/join-tokens', {}]);
  await ask(token, ['POST', '/v1/join', { node: 'worker' }]);
  await ask(adminToken, ['DELETE', '/v1/clusters/brief']);
}
afterAll(() => account.close());

test('nothing is done that is not granted', () => {
  expect(account.authority.denied()).toEqual([]);
});

// So without any one of them something is denied.
test('nothing is granted that is not used', async () => {
  const { granted, used } = account.authority;
  const unused = (): string[] => granted().filter((grant) => !used().includes(grant));
  await eventually('every right is used', async () => unused().length === 0).catch(() => undefined);
  expect(unused()).toEqual([]);
  expect(granted().length).toBeGreaterThan(30);
});
