import { request as httpRequest } from 'node:http';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { eventually } from '#test/support/eventually';

// What only a real connection shows: a client that goes away.
let api: ApiServer;
let server: ServerType;
let port: number;
beforeAll(async () => {
  api = await startApiServer({ config: { watch: { maxDurationMs: 3_600_000, defaultDurationMs: 3_600_000, maxWatches: 1, clientsLeaveUnheard: false, bookmarkIntervalMs: 60_000 } } });
  port = await new Promise<number>((resolve) => {
    server = serve({ fetch: (request) => api.fetch(request), port: 0, hostname: '127.0.0.1' }, (info) => resolve(info.port));
  });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await api.close();
});

const WATCH = '/api/v1/namespaces/default/configmaps?watch=true';

/** Resolves with the first bytes' status; the connection stays open. */
function openSocketWatch(): Promise<{ status: number; leave: () => void }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, host: '127.0.0.1', path: WATCH, headers: { authorization: `Bearer ${api.adminToken}` } }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, leave: () => sent.destroy() });
    });
    sent.on('error', (error) => reject(error));
    sent.end();
  });
}

test('an idle watch answers at once, and its place is free when its client has gone', async () => {
  const first = await openSocketWatch();
  expect(first.status).toBe(200);
  const second = await openSocketWatch();
  expect(second.status).toBe(429);
  first.leave();
  await eventually('the place is free', async () => {
    const next = await openSocketWatch();
    next.leave();
    return next.status === 200;
  });
  expect(api.failures).toEqual([]);
});
