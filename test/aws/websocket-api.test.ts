import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { loopbackCertificate } from '../support/certificates.ts';
import { openWebSocketGateway, type Route, type WebSocketGateway } from './stand-ins/websocket-api.ts';

// The stand-in itself: what API Gateway refuses must be refused here too, or the relay would be proven against something milder.
let gateway: WebSocketGateway;
let ca: string;
const events: { route: Route; event: Event }[] = [];

interface Event {
  body?: string;
  headers?: Record<string, string>;
  requestContext: { connectionId: string; domainName: string; stage: string; eventType: string; disconnectStatusCode?: number };
}

beforeAll(async () => {
  const serving = await loopbackCertificate();
  ca = serving.certificate;
  gateway = await openWebSocketGateway(serving);
  gateway.serve({ id: 'api', stage: 'live' }, async (route, given) => {
    const event = given as unknown as Event;
    events.push({ route, event });
    if (event.body === 'fail') throw new Error('the function fails');
    return { statusCode: event.headers?.['Authorization'] === 'Bearer yes' || route !== '$connect' ? 200 : 403 };
  });
});
afterAll(() => gateway.close());

const dial = (token = 'yes', path = '/live'): WebSocket => new WebSocket(`wss://127.0.0.1:${gateway.port}${path}`, { ca, headers: { authorization: `Bearer ${token}` } });
const opened = (socket: WebSocket): Promise<void> => new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
const closed = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', resolve));
const message = (socket: WebSocket): Promise<string> => new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())));
const call = (operation: string, id: string, body = ''): number => gateway.answer({ operation, body: Buffer.from(body), path: `/live/@connections/${encodeURIComponent(id)}` }).status;

test('who is refused at $connect, or asks for another stage, is not connected', async () => {
  await expect(opened(dial('no'))).rejects.toThrow('403');
  await expect(opened(dial('yes', '/other'))).rejects.toThrow('403');
});

test('a connection’s life: events of its own, posts, its end', async () => {
  const socket = dial();
  await opened(socket);
  socket.send('hello');
  await expect.poll(() => events.at(-1)?.event.body).toBe('hello');
  const { requestContext } = events.at(-1)?.event ?? { requestContext: undefined };
  expect(requestContext).toMatchObject({ eventType: 'MESSAGE', stage: 'live', domainName: `127.0.0.1:${gateway.port}` });
  const id = requestContext?.connectionId ?? '';
  const heard = message(socket);
  expect(call('POST', id, 'for you')).toBe(200);
  expect(await heard).toBe('for you');
  expect(call('GET', id)).toBe(200);
  expect(call('POST', id, 'x'.repeat(128 * 1024 + 1))).toBe(413);
  const ended = closed(socket);
  expect(call('DELETE', id)).toBe(204);
  await ended;
  for (const operation of ['POST', 'GET', 'DELETE']) expect(call(operation, id)).toBe(410);
  await expect.poll(() => events.at(-1)?.route).toBe('$disconnect');
});

test.each([
  ['binary', Buffer.from([1]), 1003],
  ['more than 32 KB', 'x'.repeat(32 * 1024 + 1), 1009],
])('%s ends the connection', async (_name, sent, code) => {
  const socket = dial();
  await opened(socket);
  const ended = closed(socket);
  socket.send(sent);
  expect(await ended).toBe(code);
});

test('a function that fails loses the message, and the client is told', async () => {
  const socket = dial();
  await opened(socket);
  const heard = message(socket);
  socket.send('fail');
  expect(JSON.parse(await heard)).toMatchObject({ message: 'Internal server error' });
  socket.close();
});
