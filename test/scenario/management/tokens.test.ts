import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ZEROPLANE_VERSION } from '#server/version';
import type { RequestOptions } from '../../support/api-server.ts';
import { startInstallation, type TestInstallation } from '../../support/installation.ts';
import { heldToDocument } from '../../support/openapi-check.ts';

let installation: TestInstallation;
let held: TestInstallation['ask'];
beforeAll(async () => {
  installation = await startInstallation();
  held = await heldToDocument(installation.ask);
});
afterAll(() => installation.close());

interface Answer {
  id: string;
  token: string;
  node: string;
  server: string;
  usesLeft: number;
  items: { id: string; name: string; user: string; lastSeenAt?: string }[];
  error: { reason: string; message: string };
}

async function v1(method: string, path: string, options?: RequestOptions): Promise<{ status: number; json: Answer }> {
  return (await held(method, path, options)) as { status: number; json: Answer };
}

const statusOf = async (path: string, token: string): Promise<number> => (await installation.ask('GET', path, { token })).status;
const NAMESPACES = '/clusters/default/api/v1/namespaces';
const HOUR_MS = 3_600_000;

test('a token of a cluster is who it says, is listed without its secret, and ends by revocation', async () => {
  const { json: issued } = await v1('POST', '/v1/clusters/default/tokens', { body: { user: 'jane', groups: ['dev'], owner: 'team-a', description: 'for CI' } });
  expect(issued).toMatchObject({ user: 'jane', groups: ['dev'], owner: 'team-a' });
  const listed = await installation.ask('GET', '/v1/clusters/default/tokens');
  expect(listed.text).toContain(issued.id);
  expect(listed.text).not.toContain(issued.token);

  const refusal = await installation.ask('GET', NAMESPACES, { token: issued.token });
  expect(refusal.json).toMatchObject({ code: 403, message: expect.stringContaining('User "jane"') as unknown });
  await v1('DELETE', `/v1/clusters/default/tokens/${issued.id}`);
  expect(await statusOf(NAMESPACES, issued.token)).toBe(401);
  expect((await v1('DELETE', `/v1/clusters/default/tokens/${issued.id}`)).status).toBe(404);
});

test('tokens end with their time', async () => {
  const { token } = (await v1('POST', '/v1/clusters/default/tokens', { body: { expiresInSeconds: 3600 } })).json;
  const { token: own } = (await v1('POST', '/v1/tokens', { body: { expiresInSeconds: 3600 } })).json;
  const { token: join } = (await v1('POST', '/v1/clusters/default/join-tokens', { body: { expiresInSeconds: 3600 } })).json;
  expect([await statusOf(NAMESPACES, token), await statusOf('/v1/clusters', own)]).toEqual([200, 200]);
  installation.clock.shift(HOUR_MS);
  expect([await statusOf(NAMESPACES, token), await statusOf('/v1/clusters', own)]).toEqual([401, 401]);
  const late = await v1('POST', '/v1/join', { token: join, body: { node: 'late' } });
  expect(late.json.error).toMatchObject({ reason: 'Unauthorized', message: expect.stringContaining('expired') as unknown });
});

test('whose a token is can be said of nobody that the system itself names', async () => {
  for (const body of [{ user: 'system:node:worker' }, { groups: ['system:nodes'] }, { user: 'system:serviceaccount:kube-system:x' }, { expiresInSeconds: 0 }, { groups: ['system:masters2'] }]) {
    expect((await v1('POST', '/v1/clusters/default/tokens', { body })).json.error.reason, JSON.stringify(body)).toBe('BadRequest');
  }
});

test('the installation’s own tokens: issued, listed, revoked by another one', async () => {
  const { json: issued } = await v1('POST', '/v1/tokens', { body: { owner: 'ops' } });
  expect(await statusOf('/v1/tokens', issued.token)).toBe(200);
  expect((await v1('DELETE', `/v1/tokens/${issued.id}`, { token: issued.token })).json.error.reason).toBe('Forbidden');
  expect((await v1('DELETE', `/v1/tokens/${issued.id}`)).status).toBe(200);
  expect(await statusOf('/v1/tokens', issued.token)).toBe(401);
});

test('a join token makes one node a member, once', async () => {
  const { json: join } = await v1('POST', '/v1/clusters/default/join-tokens', { body: { owner: 'team-a' } });
  const { status, json: credential } = await v1('POST', '/v1/join', { token: join.token, body: { node: 'worker-1' } });
  expect([status, credential.server]).toEqual([201, 'http://127.0.0.1/clusters/default']);

  const beat = (node: string) => installation.ask('PUT', `/clusters/default/zeroplane/v1/nodes/${node}/heartbeat`, { token: credential.token });
  expect((await beat('worker-1')).status).toBe(200);
  expect((await beat('worker-2')).status).toBe(403);
  expect((await installation.ask('GET', '/clusters/default/zeroplane/v1/nodes/worker-1/settings', { token: credential.token })).json).toMatchObject({ podCidr: '10.64.0.0/24' });
  expect((await v1('GET', '/v1/clusters/default/nodes')).json.items).toMatchObject([{ name: 'worker-1', owner: 'team-a', lastSeenAt: expect.any(String) as unknown }]);

  const again = await v1('POST', '/v1/join', { token: join.token, body: { node: 'worker-2' } });
  expect(again).toMatchObject({ status: 403, json: { error: { message: expect.stringContaining('used up') as unknown } } });
  expect((await v1('GET', '/v1/clusters/default/join-tokens')).json.items).toEqual([]);

  await v1('DELETE', '/v1/clusters/default/nodes/worker-1');
  expect((await beat('worker-1')).status).toBe(401);
});

test('a name that has joined is nobody else’s, and costs the join token nothing', async () => {
  const { token, id } = (await v1('POST', '/v1/clusters/default/join-tokens', { body: { uses: 3 } })).json;
  expect((await v1('POST', '/v1/join', { token, body: { node: 'taken' } })).status).toBe(201);
  expect((await v1('POST', '/v1/join', { token, body: { node: 'taken' } })).json.error.reason).toBe('AlreadyExists');
  expect((await v1('POST', '/v1/join', { token, body: { node: '../default' } })).json.error.reason).toBe('BadRequest');
  const both = await Promise.all(['left', 'right', 'third'].map((node) => installation.ask('POST', '/v1/join', { token, body: { node } })));
  expect(both.map(({ status }) => status).sort()).toEqual([201, 201, 403]);
  expect((await v1('DELETE', `/v1/clusters/default/join-tokens/${id}`)).status).toBe(404);
});

test('a revoked join token lets nobody in', async () => {
  const { token, id } = (await v1('POST', '/v1/clusters/default/join-tokens')).json;
  await v1('DELETE', `/v1/clusters/default/join-tokens/${id}`);
  expect((await v1('POST', '/v1/join', { token, body: { node: 'x' } })).status).toBe(401);
});

test('the version is the package’s', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(ZEROPLANE_VERSION).toBe(version);
});
