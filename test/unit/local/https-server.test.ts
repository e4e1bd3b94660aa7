import { request } from 'node:https';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority, issueServing } from '#adapters/certificates/authority';
import { readBody, webBody } from '#server/protocol/body';
import { listenHttps, type HttpsServer } from '#local/https-server';
import { freePort } from '#test/support/free-port';

const HOST = '127.0.0.1';
const TIMEOUT_MS = 300;
let server: HttpsServer;
let port: number;
beforeAll(async () => {
  port = await freePort();
  const serving = await issueServing(await createAuthority('test', Date.now()), [HOST], Date.now());
  // A body is read to its end; an answer without one takes longer than a request may.
  const handler = async (asked: Request): Promise<Response> => {
    if (asked.method === 'POST') return new Response(String((await readBody({ request: asked, body: webBody(asked) })).length));
    return new Promise((resolve) => setTimeout(() => resolve(new Response('late')), TIMEOUT_MS * 4));
  };
  server = await listenHttps({ handler, serving, port, host: HOST, requestTimeoutMs: TIMEOUT_MS });
});
afterAll(() => server.close());

test('a body that does not come to its end is cut off', async () => {
  const socket = connect({ host: HOST, port, rejectUnauthorized: false });
  socket.write(`POST / HTTP/1.1\r\nhost: ${HOST}\r\ncontent-length: 100\r\n\r\nx`);
  const heard: Buffer[] = [];
  for await (const bytes of socket) heard.push(bytes as Buffer);
  expect(Buffer.concat(heard).toString()).toContain('408 Request Timeout');
});

test('an answer may take longer than that', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const asked = request({ host: HOST, port, rejectUnauthorized: false }, (response) => void response.setEncoding('utf8').once('data', resolve));
    asked.once('error', reject).end();
  });
  expect(answer).toBe('late');
});
