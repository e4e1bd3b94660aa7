import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RelayRequest } from '#api/relay/protocol';
import { RelaySession } from '#api/relay/session';
import type { OpenedRelay } from '#api/relay/opening';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { socketPair } from '#api/connection/socket-pair';

let api: ApiServer;
const opened: { node: string; request: RelayRequest }[] = [];
let answer: OpenedRelay;

beforeAll(async () => {
  api = await startApiServer();
  api.deps.relay = {
    open: async (_cluster, node, request) => {
      opened.push({ node, request });
      return answer;
    },
  };
  const containers = [{ name: 'a', image: 'i' }, { name: 'b', image: 'i' }];
  await create('one', { containers: [{ name: 'c', image: 'i' }], nodeName: 'n1' });
  await create('two', { containers, nodeName: 'n1' });
  await create('waiting', { containers: [{ name: 'c', image: 'i' }] });
});
afterAll(() => api.close());

const PODS = '/api/v1/namespaces/default/pods';
const create = (name: string, spec: object) => api.request('POST', PODS, { body: { metadata: { name }, spec } });

/** A node that prints this. */
function printing(text: string): OpenedRelay {
  const sockets = socketPair();
  const agent = new RelaySession(sockets.other);
  void agent.accept().then(async (output) => {
    await output?.channel.write(new TextEncoder().encode(text));
    output?.channel.end();
  });
  return { session: new RelaySession(sockets.one) };
}

test('a log comes from the pod’s node, with the options of the request', async () => {
  answer = printing('first\nsecond\n');
  const log = await api.request('GET', `${PODS}/one/log?follow=true&tailLines=2`);
  expect([log.status, log.headers.get('content-type'), log.text]).toEqual([200, 'text/plain', 'first\nsecond\n']);
  expect(opened.at(-1)).toMatchObject({ node: 'n1', request: { kind: 'logs', namespace: 'default', pod: 'one', container: 'c', options: { follow: 'true', tailLines: '2' } } });
});

test('what the agent refuses is the answer', async () => {
  answer = { refusal: { code: 400, reason: 'BadRequest', message: 'container "c" in pod "one" is waiting to start: ContainerCreating' } };
  expect((await api.request('GET', `${PODS}/one/log`)).json).toMatchObject({ code: 400, message: 'container "c" in pod "one" is waiting to start: ContainerCreating' });
});

test.each([
  ['two/log', 400, 'a container name must be specified for pod two, choose one of: [a b]'],
  ['two/log?container=z', 400, 'container z is not valid for pod two'],
  ['one/log?tailLines=-1', 422, 'PodLogOptions "one" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'],
  ['none/log', 404, 'pods "none" not found'],
])('%s is refused', async (path, code, message) => {
  expect((await api.request('GET', `${PODS}/${path}`)).json).toMatchObject({ code, message });
});

test('a pod without a node has nothing to say', async () => {
  expect((await api.request('GET', `${PODS}/waiting/log`)).status).toBe(204);
});
