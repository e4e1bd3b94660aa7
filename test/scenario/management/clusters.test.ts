import { afterAll, beforeAll, expect, test } from 'vitest';
import { startInstallation, type TestInstallation } from '../../support/installation.ts';
import type { RequestOptions } from '../../support/api-server.ts';
import { heldToDocument } from '../../support/openapi-check.ts';

let installation: TestInstallation;
let held: TestInstallation['ask'];
beforeAll(async () => {
  installation = await startInstallation();
  held = await heldToDocument(installation.ask);
});
afterAll(() => installation.close());

/** Every answer is held to the published document. */
async function v1<T = Record<string, unknown>>(method: string, path: string, options?: RequestOptions): Promise<{ status: number; json: T }> {
  return (await held(method, path, options)) as { status: number; json: T };
}

const errorOf = ({ status, json }: { status: number; json: unknown }): unknown[] => [status, (json as { error: { reason: string } }).error.reason];

interface Cluster {
  name: string;
  uid: string;
  server: string;
  network: { podCidr: string };
}

async function kubeconfigToken(name: string): Promise<string> {
  const { json } = await v1<{ users: [{ user: { token: string } }] }>('GET', `/v1/clusters/${name}/kubeconfig`);
  return json.users[0].user.token;
}

test('a cluster from its making to its end', async () => {
  const made = await v1<Cluster>('POST', '/v1/clusters', { body: { name: 'shop', owner: 'team-a' } });
  expect(made).toMatchObject({ status: 201, json: { name: 'shop', owner: 'team-a', server: 'http://127.0.0.1/clusters/shop' } });
  expect((await v1<{ items: Cluster[] }>('GET', '/v1/clusters')).json.items.map(({ name }) => name)).toEqual(['default', 'shop']);
  expect((await v1('GET', '/v1/clusters/shop')).json).toEqual(made.json);

  const { json: config } = await v1<{ clusters: unknown[]; users: [{ user: { token: string } }] }>('GET', '/v1/clusters/shop/kubeconfig?expiresInSeconds=3600');
  expect(config.clusters).toEqual([{ name: 'zeroplane-shop', cluster: { server: 'http://127.0.0.1/clusters/shop' } }]);
  const { token } = config.users[0].user;
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } };
  expect((await installation.ask('POST', '/clusters/shop/api/v1/namespaces/default/configmaps', { body: map, token })).status).toBe(201);
  expect((await installation.ask('GET', '/clusters/shop/api/v1/namespaces/default/configmaps/settings', { token })).json).toMatchObject({ data: { a: '1' } });
  expect((await installation.ask('GET', '/clusters/shop', { token })).json).toMatchObject({ paths: expect.arrayContaining(['/api']) as unknown });

  expect((await v1('DELETE', '/v1/clusters/shop')).json).toEqual(made.json);
  expect((await v1<{ items: Cluster[] }>('GET', '/v1/clusters')).json.items.map(({ name }) => name)).toEqual(['default']);
  expect((await installation.ask('GET', '/clusters/shop/api/v1/namespaces', { token })).status).toBe(401);
  expect(await installation.table.claims(made.json.uid, '')).toEqual([]);
  expect((await installation.table.snapshot(`${made.json.uid}/configmaps.`, {})).items).toEqual([]);
});

test('the cluster that an installation begins with is at the root too, and stays', async () => {
  const token = await kubeconfigToken('default');
  for (const path of ['/api/v1/namespaces/default', '/clusters/default/api/v1/namespaces/default']) {
    expect((await installation.ask('GET', path, { token })).json).toMatchObject({ kind: 'Namespace' });
  }
  expect(errorOf(await v1('DELETE', '/v1/clusters/default'))).toEqual([403, 'Forbidden']);
});

test('a name that is made again is another cluster, also for a process that still knows the first', async () => {
  const other = installation.another();
  const first = await v1<Cluster>('POST', '/v1/clusters', { body: { name: 'again' } });
  const firstToken = await kubeconfigToken('again');
  expect((await other.ask('GET', '/clusters/again/api/v1/namespaces', { token: firstToken })).status).toBe(200);
  await v1('DELETE', '/v1/clusters/again');
  expect((await other.ask('GET', '/clusters/again/api/v1/namespaces', { token: firstToken })).status).toBe(401);

  const second = await v1<Cluster>('POST', '/v1/clusters', { body: { name: 'again' } });
  expect(second.json.uid).not.toBe(first.json.uid);
  expect((await other.ask('GET', '/clusters/again/api/v1/namespaces', { token: firstToken })).status).toBe(401);
  expect((await other.ask('GET', '/clusters/again/api/v1/namespaces', { token: await kubeconfigToken('again') })).status).toBe(200);
  await v1('DELETE', '/v1/clusters/again');
});

test.each(['../default', '..', 'a/b', 'UPPER', '-a', '', 'a'.repeat(64), 'a%2Fb', 'ä'])('the name %j is refused in words', async (name) => {
  const answer = await v1<{ error: { message: string } }>('POST', '/v1/clusters', { body: { name } });
  expect(errorOf(answer)).toEqual([400, 'BadRequest']);
  expect(answer.json.error.message).toContain("a cluster's name has");
});

test('what is no cluster is said', async () => {
  expect(errorOf(await v1('GET', '/v1/clusters/none'))).toEqual([404, 'NotFound']);
  expect(errorOf(await v1('GET', '/v1/clusters/..%2Fdefault'))).toEqual([400, 'BadRequest']);
  expect(errorOf(await installation.ask('GET', '/v1/nothing'))).toEqual([404, 'NotFound']);
  expect(errorOf(await v1('POST', '/v1/clusters', { body: '{"name":' }))).toEqual([400, 'BadRequest']);
  expect(errorOf(await v1('POST', '/v1/clusters', { body: { name: 'a', color: 'red' } }))).toEqual([400, 'BadRequest']);
  await v1('POST', '/v1/clusters', { body: { name: 'twice' } });
  expect(errorOf(await v1('POST', '/v1/clusters', { body: { name: 'twice' } }))).toEqual([409, 'AlreadyExists']);
});

test('clusters do not share addresses, and their number is bounded', async () => {
  const ranges = new Set<string>();
  for (let i = 0; ; i++) {
    const made = await v1<Cluster>('POST', '/v1/clusters', { body: { name: `many-${i}` } });
    if (made.status !== 201) {
      expect(errorOf(made)).toEqual([409, 'LimitReached']);
      break;
    }
    ranges.add(made.json.network.podCidr);
  }
  const { items } = (await v1<{ items: Cluster[] }>('GET', '/v1/clusters')).json;
  expect(items).toHaveLength(6);
  expect(new Set(items.map(({ network }) => network.podCidr)).size).toBe(6);
  // More than are kept open.
  for (const { name } of items) expect((await installation.ask('GET', `/clusters/${name}/version`, { token: await kubeconfigToken(name) })).status).toBe(200);
  expect(installation.failures).toEqual([]);
});

test('the installation says what it is', async () => {
  expect((await v1('GET', '/v1/installation')).json).toMatchObject({ home: 'local', limits: { clusters: 6 } });
});
