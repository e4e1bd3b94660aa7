import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpsTransport, type HttpsTransport } from '#client/https-transport';
import { readText } from '#client/transport';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { kubectl } from '../support/kubectl.ts';
import { heldToDocument } from '../support/openapi-check.ts';
import { PROGRAM } from '../support/zeroplane.ts';
import { openAccount, type Account } from './open-account.ts';

// A cluster's life by HTTP against `/v1` alone, each answer held to the published document; a machine joins it, woken by its own queue.
const folder = temporaryFolder('installation');
let account: Account;
let transport: HttpsTransport;
let v1: typeof ask;
let agent: ChildProcess | undefined;

interface Answer {
  status: number;
  json: { uid: string; server: string; token: string; clusters: { cluster: object }[]; items: { name: string; lastSeenAt?: string }[]; error: { reason: string } };
}

async function ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer> {
  // What the account has no room for is asked again, as every client does.
  const response = await eventually(`${method} ${path}`, async () => {
    const tried = await transport.send({ method, path, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return tried.status !== 429 && tried;
  });
  return { status: response.status, json: JSON.parse(await readText(response)) as Answer['json'] };
}

beforeAll(async () => {
  account = await openAccount({ withNode: false });
  transport = httpsTransport({ server: account.url, ca: readFileSync(account.caFile, 'utf8'), token: account.adminToken });
  v1 = await heldToDocument(ask);
});
afterAll(async () => {
  agent?.kill('SIGKILL');
  transport.close();
  await account.close();
  folder.remove();
});

test('created, joined, used and deleted', async () => {
  const made = await v1('POST', '/v1/clusters', { name: 'shop', owner: 'team-a' });
  expect(made).toMatchObject({ status: 201, json: { server: `${account.url}/clusters/shop`, owner: 'team-a' } });

  const { json: config } = await v1('GET', '/v1/clusters/shop/kubeconfig');
  for (const { cluster } of config.clusters) Object.assign(cluster, { 'certificate-authority': account.caFile });
  const kubeconfig = join(folder.path, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(config));
  const { json: join1 } = await v1('POST', '/v1/clusters/shop/join-tokens', {});
  const words = ['join', '--server', account.url, '--token', join1.token, '--name', 'worker', '--runtime', 'simulated', '--data-dir', join(folder.path, 'node'), '--ca-file', account.caFile];
  agent = spawn(process.execPath, [join(dirname(PROGRAM), 'zeroplane-node.mjs'), ...words], { stdio: 'ignore' });

  await kubectl(['create', 'deployment', 'web', '--image=example.test/web:1'], { kubeconfig });
  await eventually('the pod runs', async () => (await kubectl(['get', 'pods', '--no-headers'], { kubeconfig })).includes('Running'), { timeoutMs: 60_000, intervalMs: 500 });
  expect((await v1('GET', '/v1/clusters/shop/nodes')).json.items).toMatchObject([{ name: 'worker', owner: 'admin' }]);
  // The other cluster has neither.
  expect(await account.kubectl(['get', 'pods,nodes', '-A', '--no-headers'])).toBe('');

  expect((await v1('DELETE', '/v1/clusters/shop')).json.uid).toBe(made.json.uid);
  expect((await v1('GET', '/v1/clusters')).json.items.map(({ name }) => name)).toEqual(['default']);
  expect((await v1('GET', '/v1/clusters/shop/kubeconfig')).json.error.reason).toBe('NotFound');
  await expect(kubectl(['get', 'pods'], { kubeconfig })).rejects.toThrow('Unauthorized');
});
