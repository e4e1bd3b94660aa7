import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pod } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { ApiError } from '#client/api-error';
import { NODES, PODS, SECRETS } from '#client/core-resources';
import { localCluster } from '#test/support/local-cluster';

// What a node's own token may: the tokens lie in the folder of the local home.
const cluster = localCluster('access');
let mine: ApiClient;
let here: string;
let elsewhere: string;

beforeAll(async () => {
  await cluster.up('--runtime', 'simulated', '--workers', '2');
  const admin = cluster.client();
  [here = '', elsewhere = ''] = (await admin.list(NODES)).items.map(({ metadata }) => metadata.name ?? '').sort();
  mine = cluster.client(cluster.file(`workers/${here}/token`).trim());
  for (const [name, nodeName] of [['here', here], ['elsewhere', elsewhere]] as const) {
    await admin.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'default', name }, stringData: { a: 'b' } });
    const containers = [{ name: 'web', image: 'web', envFrom: [{ secretRef: { name } }] }];
    await admin.create<Pod>(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name }, spec: { nodeName, containers } });
  }
});
afterAll(() => cluster.remove());

const name = (of: string) => ({ namespace: 'default', name: of });
const codeOf = (asked: Promise<unknown>): Promise<number> => asked.then(() => 200, (error: unknown) => (error instanceof ApiError ? error.status.code : Promise.reject(error as Error)));

test('no token and a wrong one are refused before anything else', async () => {
  for (const token of ['', 'made-up', 'zp1.made.up']) expect(await codeOf(cluster.client(token).list(PODS))).toBe(401);
});

test('a node reads the secrets of its own pods and no others', async () => {
  expect(await codeOf(mine.get(SECRETS, name('here')))).toBe(200);
  expect(await codeOf(mine.get(SECRETS, name('elsewhere')))).toBe(403);
  expect(await codeOf(mine.list(SECRETS))).toBe(403);
});

test('a node writes its own pods and its own Node, and no others', async () => {
  const label = { type: 'application/merge-patch+json', body: { status: { message: 'seen' } } } as const;
  expect(await codeOf(mine.patch(PODS, name('here'), label, { subresource: 'status' }))).toBe(200);
  expect(await codeOf(mine.patch(PODS, name('elsewhere'), label, { subresource: 'status' }))).toBe(403);
  expect(await codeOf(mine.delete(PODS, name('elsewhere')))).toBe(403);
  const ready = { type: 'application/merge-patch+json', body: { status: { conditions: [] } } } as const;
  expect(await codeOf(mine.patch(NODES, { name: elsewhere }, ready, { subresource: 'status' }))).toBe(403);
  expect(await codeOf(mine.json('PUT', `/zeroplane/v1/nodes/${elsewhere}/heartbeat`, {}))).toBe(403);
  expect(await codeOf(mine.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: name('made') }))).toBe(403);
});
