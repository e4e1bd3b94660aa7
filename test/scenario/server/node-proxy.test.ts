import { afterAll, beforeAll, expect, test } from 'vitest';
import { RelaySession } from '#api/relay/session';
import { answerNodePage } from '#node-agent/relay/node-page';
import { Refused } from '#node-agent/relay/refused';
import { requestOf, startApiServer, type ApiServer } from '#test/support/api-server';
import { socketPair } from '#api/connection/socket-pair';

const NODE = '/api/v1/nodes/n1';
let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
  const pods = () => [{ metadata: { name: 'one' }, spec: { containers: [] } }];
  api.deps.relay = {
    open: async (_cluster, _node, request) => {
      if (request.kind !== 'nodePage') throw new Error(`not asked for: ${request.kind}`);
      const sockets = socketPair();
      const agent = new RelaySession(sockets.other);
      void answerNodePage({ pods }, request, agent).then(() => agent.close(), (error: unknown) => agent.close(error instanceof Refused ? error.refusal : undefined));
      const session = new RelaySession(sockets.one);
      const refusal = await session.untilReady();
      return refusal === undefined ? { session } : { refusal };
    },
  };
  await api.request('POST', '/api/v1/nodes', { body: { metadata: { name: 'n1' } } });
});
afterAll(() => api.close());

async function page(path: string, method = 'GET'): Promise<{ status: number; type: string; text: string }> {
  const response = await api.fetch(requestOf(method, path, { token: api.adminToken }));
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
}

test('its health, by its name alone or with its kubelet’s port', async () => {
  expect(await page(`${NODE}/proxy/healthz`)).toEqual({ status: 200, type: 'text/plain; charset=utf-8', text: 'ok' });
  expect((await page('/api/v1/nodes/https:n1:10250/proxy/healthz')).text).toBe('ok');
});

test('the pods that it knows', async () => {
  const { type, text } = await page(`${NODE}/proxy/pods`);
  expect([type, JSON.parse(text)]).toEqual(['application/json', { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [{ metadata: { name: 'one' }, spec: { containers: [] } }] }]);
});

test('a page that it has not, a node that is not there, and what is no question', async () => {
  expect(await page(`${NODE}/proxy/nothing`)).toMatchObject({ status: 404, text: '404 page not found\n' });
  expect((await page('/api/v1/nodes/other/proxy/healthz')).status).toBe(404);
  expect((await page(`${NODE}/proxy/healthz`, 'POST')).status).toBe(405);
});
