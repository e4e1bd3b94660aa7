import { afterAll, beforeAll, expect, test } from 'vitest';
import { socketPair } from '#api/connection/socket-pair';
import { commandChannels, INVITATION_MEDIA_TYPE, type RelayAddress, type RelayInvitation, type RelayRequest } from '#api/relay/protocol';
import { RelaySession } from '#api/relay/session';
import { exitStatus } from '#api/remote-command/command-streams';
import { ApiClient } from '#client/api-client';
import { exec } from '#client/exec';
import { logs } from '#client/logs';
import { connectPort } from '#client/port-forward';
import { connectTo } from '#client/relayed-connect';
import type { RelayClient } from '#client/relay-invitation';
import type { Transport } from '#client/transport';
import { requestOf, startApiServer, type ApiServer } from '#test/support/api-server';

// A server that upgrades no connections: whoever may reach into a pod is invited to a session, and joins it himself.
let api: ApiServer;
const invited: { node: string; request: RelayRequest }[] = [];
const PODS = '/api/v1/namespaces/default/pods';
const ADDRESS: RelayAddress = { url: 'wss://gateway.test/live', ticket: 'a ticket', piecesInFlight: 3 };

beforeAll(async () => {
  api = await startApiServer();
  api.deps.relay = {
    open: async () => Promise.reject(new Error('nobody is to hold the server')),
    invite: async (_cluster, node, request) => {
      invited.push({ node, request });
      return ADDRESS;
    },
  };
  await api.request('POST', PODS, { body: { metadata: { name: 'one' }, spec: { containers: [{ name: 'c', image: 'i' }], nodeName: 'n1' } } });
});
afterAll(() => api.close());

const ask = (method: string, path: string, token?: string) => api.request(method, `${PODS}/one/${path}`, { headers: { accept: `${INVITATION_MEDIA_TYPE}, application/json` }, ...(token === undefined ? {} : { token }) });

test.each([
  ['POST', 'exec?command=ls&stdout=true', { kind: 'exec', command: ['ls'], container: 'c' }],
  ['POST', 'attach?stdout=true', { kind: 'attach', container: 'c' }],
  ['POST', 'portforward', { kind: 'portForward' }],
  ['GET', 'log?follow=true', { kind: 'logs', container: 'c', options: { follow: 'true' } }],
])('%s %s invites to a session that is for this alone', async (method, path, request) => {
  const { status, text } = await ask(method, path);
  expect(status).toBe(200);
  const invitation = JSON.parse(text) as RelayInvitation;
  expect(invitation).toMatchObject({ address: ADDRESS, request: { namespace: 'default', pod: 'one', ...request } });
  expect(invited.at(-1)).toEqual({ node: 'n1', request: invitation.request });
});

test('nobody is invited to what they may not do; who asks for no invitation is told the way', async () => {
  const before = invited.length;
  const reader = await api.tokenFor('reader');
  for (const [method, path] of [['POST', 'exec?command=ls&stdout=true'], ['GET', 'exec?command=ls&stdout=true'], ['POST', 'portforward'], ['GET', 'log']] as const) {
    expect((await ask(method, path, reader)).status).toBe(403);
  }
  expect(await api.request('POST', `${PODS}/one/exec?command=ls&stdout=true`)).toMatchObject({ status: 400, json: { message: expect.stringContaining('zeroplane proxy') as string } });
  expect(invited.length).toBe(before);
});

/** The agent's end of whatever is joined. */
function client(serve: (agent: RelaySession) => void): ApiClient {
  const send: Transport = async ({ method, path, headers }) => {
    const response = await api.fetch(requestOf(method, path, { headers, token: api.adminToken }));
    const body = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, header: (name) => response.headers.get(name) ?? undefined, body: (async function* () { yield body; })() };
  };
  const joinRelay: RelayClient['joinRelay'] = async (address) => {
    expect(address).toEqual(ADDRESS);
    const { one, other } = socketPair();
    serve(new RelaySession(other));
    return one;
  };
  const connect = connectTo({ send, joinRelay, connect: () => Promise.reject(new Error('this server upgrades nothing')) });
  return new ApiClient(send, connect, joinRelay);
}

const WHERE = { namespace: 'default', pod: 'one' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('exec by a client that joins: its input, its output, its exit code; a refusal of the node is an error', async () => {
  const echoing = client((agent) => {
    agent.ready();
    void agent.acceptAll(commandChannels({ stdin: true, stdout: true, stderr: false, tty: false })).then(async ({ stdin, stdout, error }) => {
      for (let heard = await stdin?.read(); heard !== undefined; heard = await stdin?.read()) await stdout?.write(heard);
      stdout?.end();
      await error?.write(bytes(JSON.stringify(exitStatus(3, ['cat']))));
      agent.close();
    });
  });
  let said = '';
  const stdin = (async function* () { yield bytes('typed'); })();
  expect(await exec(echoing, { ...WHERE, command: ['cat'], stdin, stdout: (part) => void (said += new TextDecoder().decode(part)) })).toEqual({ exitCode: 3 });
  expect(said).toBe('typed');
  const refusing = client((agent) => agent.close({ code: 500, reason: 'InternalError', message: 'container not found' }));
  await expect(exec(refusing, { ...WHERE, command: ['ls'], stdout: () => undefined })).rejects.toThrow('container not found');
});

test('a followed log, and a connection to a port, by a client that joins', async () => {
  const logging = client((agent) => {
    agent.ready();
    void agent.accept().then(async (opened) => {
      await opened?.channel.write(bytes('a line\n'));
      opened?.channel.end();
      agent.close();
    });
  });
  let printed = '';
  for await (const part of logs(logging, { ...WHERE, follow: true })) printed += new TextDecoder().decode(part);
  expect(printed).toBe('a line\n');

  const forwarding = client((agent) => {
    agent.ready();
    void agent.accept().then(async (opened) => {
      await opened?.channel.write(bytes(`port ${opened.label}`));
      opened?.channel.end();
    });
  });
  const connection = await connectPort(forwarding, { ...WHERE, port: 8080 });
  expect(new TextDecoder().decode(await connection.read())).toBe('port 8080');
  connection.end();
});
