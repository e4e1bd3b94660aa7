import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { pump } from '#api/connection/byte-channel';
import type { MessageSocket } from '#api/connection/message-socket';
import { exitStatus, failureStatus } from '#api/remote-command/command-streams';
import { commandChannels, type RelayRequest } from '#api/relay/protocol';
import { RelaySession } from '#api/relay/session';
import type { Upgrade } from '#api/connection/upgrade';
import { requestOf, startApiServer, type ApiServer } from '#test/support/api-server';
import { socketPair } from '#api/connection/socket-pair';

let api: ApiServer;
let asked: { node: string; request: RelayRequest } | undefined;
/** What the node does with the session. */
let serve: (agent: RelaySession, request: RelayRequest) => void;

beforeAll(async () => {
  api = await startApiServer();
  api.deps.relay = {
    open: async (_cluster, node, request) => {
      asked = { node, request };
      const sockets = socketPair();
      const agent = new RelaySession(sockets.other);
      serve(agent, request);
      const session = new RelaySession(sockets.one);
      const refusal = await session.untilReady();
      return refusal === undefined ? { session } : { refusal };
    },
  };
  const pod = (name: string, containers: string[], spec: object) => api.request('POST', PODS, { body: { metadata: { name }, spec: { containers: containers.map((one) => ({ name: one, image: 'i' })), ...spec } } });
  await pod('one', ['c'], { nodeName: 'n1' });
  await pod('two', ['a', 'b'], { nodeName: 'n1', initContainers: [{ name: 'i', image: 'i' }] });
  await pod('waiting', ['c'], {});
});
afterAll(() => api.close());
beforeEach(() => void (asked = undefined));

const PODS = '/api/v1/namespaces/default/pods';

/** A WebSocket request in this process: the answer of a refusal, or the client's end. */
async function connect(path: string, subprotocols: string[], token = api.adminToken): Promise<{ client?: MessageSocket; subprotocol?: string; status: number; message: string }> {
  const sockets = socketPair();
  let accepted: { subprotocol?: string } | undefined;
  const upgrade: Upgrade = {
    protocol: 'websocket',
    subprotocols,
    acceptWebSocket: async (subprotocol) => {
      accepted = subprotocol === undefined ? {} : { subprotocol };
      return sockets.one;
    },
    acceptBytes: () => {
      throw new Error('not asked for');
    },
  };
  const response = await api.fetch(requestOf('GET', path, { token }), { upgrade });
  if (accepted !== undefined) return { client: sockets.other, ...accepted, status: 101, message: '' };
  const { message } = JSON.parse(await response.text()) as { message: string };
  return { status: response.status, message };
}

/** A command that says back what it hears, and ends with 3. */
function echo(agent: RelaySession, request: RelayRequest): void {
  if (request.kind !== 'exec') return agent.close({ code: 500, reason: 'InternalError', message: 'not a command' });
  agent.ready();
  void agent.acceptAll(commandChannels(request.options)).then(async ({ stdin, stdout, error }) => {
    if (stdin !== undefined && stdout !== undefined) await pump(stdin, stdout);
    await error?.write(new TextEncoder().encode(JSON.stringify(exitStatus(3, request.command))));
    agent.close();
  });
}

async function heard(client: MessageSocket): Promise<string[]> {
  const messages: string[] = [];
  for (let message = await client.receive(); message !== undefined; message = await client.receive()) messages.push(typeof message === 'string' ? message : `${message[0]}${new TextDecoder().decode(message.subarray(1))}`);
  return messages;
}

const QUERY = 'command=cat&command=-&stdin=1&stdout=true';
const STATUS = JSON.stringify(exitStatus(3, ['cat', '-']));

test('exec: the streams as channels, the end of standard input, the exit code as a Status', async () => {
  serve = echo;
  const { client, subprotocol } = await connect(`${PODS}/one/exec?${QUERY}`, ['v9.channel.k8s.io', 'v5.channel.k8s.io']);
  expect(subprotocol).toBe('v5.channel.k8s.io');
  expect(asked).toMatchObject({ node: 'n1', request: { kind: 'exec', pod: 'one', container: 'c', command: ['cat', '-'], options: { stdin: true, stdout: true, stderr: false, tty: false } } });
  await client?.send(Uint8Array.from([0, ...Buffer.from('hello')]));
  await client?.send(Uint8Array.from([255, 0]));
  expect(client && (await heard(client))).toEqual(['1hello', `3${STATUS}`]);
});

test.each([
  { offered: ['v4.channel.k8s.io'], messages: ['1', `3${STATUS}`] },
  { offered: ['v4.base64.channel.k8s.io'], messages: ['1', `3${btoa(STATUS)}`] },
  { offered: ['channel.k8s.io'], messages: ['1', '3command terminated with non-zero exit code: error executing command [cat -], exit code 3'] },
  { offered: [], messages: ['1', '3command terminated with non-zero exit code: error executing command [cat -], exit code 3'] },
])('what clients of $offered hear', async ({ offered, messages }) => {
  serve = (agent, request) => request.kind === 'exec' && echo(agent, { ...request, options: { ...request.options, stdin: false } });
  const { client } = await connect(`${PODS}/one/exec?command=cat&command=-&stdout=true`, offered);
  expect(client && (await heard(client))).toEqual(messages);
});

test('what the node refuses is told where a command’s failure is', async () => {
  serve = (agent) => agent.close({ code: 500, reason: 'InternalError', message: 'unable to upgrade connection: container not found ("c")' });
  const { client } = await connect(`${PODS}/one/attach?stdout=true`, ['v5.channel.k8s.io']);
  expect(client && (await heard(client))).toEqual([`3${JSON.stringify(failureStatus('unable to upgrade connection: container not found ("c")'))}`]);
});

test('a node that is lost, and a client that leaves, end the other', async () => {
  let agent: RelaySession | undefined;
  serve = (session) => {
    agent = session;
    session.ready();
  };
  const lost = await connect(`${PODS}/one/exec?${QUERY}`, ['v5.channel.k8s.io']);
  agent?.close({ code: 503, reason: 'ServiceUnavailable', message: 'the agent ends' });
  expect(lost.client && (await heard(lost.client))).toEqual([`3${JSON.stringify(failureStatus('the agent ends'))}`]);
  const left = await connect(`${PODS}/one/exec?${QUERY}`, ['v5.channel.k8s.io']);
  left.client?.close();
  expect(await agent?.ended).toBeUndefined();
});

test('port-forward over channels: the port, then the bytes, and why it failed', async () => {
  serve = (agent) => {
    agent.ready();
    void (async () => {
      for (let opened = await agent.accept(); opened !== undefined; opened = await agent.accept()) {
        if (opened.label === '81') opened.channel.abort('nothing listens there');
        else await pump({ read: () => opened?.channel.read() ?? Promise.resolve(undefined) }, opened.channel);
      }
    })();
  };
  const { client } = await connect(`${PODS}/one/portforward?ports=80`, ['v5.channel.k8s.io']);
  await client?.send(Uint8Array.from([0, ...Buffer.from('ping')]));
  await client?.send(Uint8Array.from([255, 0]));
  expect(client && (await heard(client))).toEqual(['0P\0', '1P\0', '0ping', '255\0']);
  const refused = await connect(`${PODS}/one/portforward?ports=81`, ['v4.channel.k8s.io']);
  expect((refused.client && (await heard(refused.client)))?.at(-1)).toBe('1nothing listens there');
});

test.each([
  { offered: ['binary.k8s.io'], message: 'is alive' },
  { offered: ['base64.binary.k8s.io'], message: btoa('is alive') },
])('a log as a client of $offered hears it', async ({ offered, message }) => {
  serve = (agent) => {
    agent.ready();
    void agent.accept().then(async (opened) => {
      await opened?.channel.write(new TextEncoder().encode('is alive'));
      opened?.channel.end();
    });
  };
  const { client, subprotocol } = await connect(`${PODS}/one/log`, offered);
  expect(subprotocol).toBe(offered[0]);
  const said = await client?.receive();
  expect(typeof said === 'string' ? said : new TextDecoder().decode(said)).toBe(message);
  expect(await client?.receive()).toBeUndefined();
});

test.each([
  ['one/exec?command=ls&stdout=1&container=zz', 400, 'container zz is not valid for pod one'],
  ['two/exec?command=ls&stdout=1', 400, 'a container name must be specified for pod two, choose one of: [i a b]'],
  ['two/attach?stdout=1', 400, 'a container name must be specified for pod two, choose one of: [i a b]'],
  ['waiting/exec?command=ls&stdout=1', 400, 'pod waiting does not have a host assigned'],
  ['waiting/portforward', 400, 'pod waiting does not have a host assigned'],
  ['none/exec?command=ls&stdout=1', 404, 'pods "none" not found'],
  ['one/exec?command=ls', 400, 'you must specify at least 1 of stdin, stdout, stderr'],
  ['one/portforward?ports=0', 400, 'unable to parse "0" as a port'],
])('%s is refused before the upgrade', async (path, status, message) => {
  expect(await connect(`${PODS}/${path}`, ['v4.channel.k8s.io'])).toEqual({ status, message });
  expect(asked).toBeUndefined();
});

test('without an upgrade there is nothing to talk over', async () => {
  expect((await api.request('GET', `${PODS}/one/exec?${QUERY}`)).json).toMatchObject({ code: 400, message: 'Upgrade request required' });
  expect((await api.request('PUT', `${PODS}/one/exec?${QUERY}`)).json).toMatchObject({ code: 405 });
});

test('who may read everything may not reach in: that takes the right to create, also for a GET', async () => {
  const RBAC = '/apis/rbac.authorization.k8s.io/v1';
  const grant = async (name: string, verbs: string[]): Promise<string> => {
    const rules = [{ apiGroups: [''], resources: ['pods/exec', 'pods/attach', 'pods/portforward'], verbs }];
    await api.request('POST', `${RBAC}/clusterroles`, { body: { metadata: { name }, rules } });
    await api.request('POST', `${RBAC}/clusterrolebindings`, { body: { metadata: { name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }, subjects: [{ kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' }] } });
    return api.tokenFor(name);
  };
  const [getter, creator, both] = [await grant('getter', ['get']), await grant('creator', ['create']), await grant('both', ['get', 'create'])];
  for (const what of ['exec', 'attach', 'portforward']) {
    const path = `${PODS}/one/${what}?stdout=1&command=ls&ports=80`;
    expect(await connect(path, ['v4.channel.k8s.io'], getter)).toMatchObject({ status: 403, message: 'pods "one" is forbidden: ' });
    expect(await connect(path, ['v4.channel.k8s.io'], creator)).toMatchObject({ status: 403, message: `pods "one" is forbidden: User "creator" cannot get resource "pods/${what}" in API group "" in the namespace "default"` });
    expect(asked).toBeUndefined();
  }
  serve = echo;
  expect((await connect(`${PODS}/one/exec?${QUERY}`, ['v4.channel.k8s.io'], both)).status).toBe(101);
});
