import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { grpcProbe } from '#node-agent/runtime/docker/grpc-probe';

let server: Http2Server | undefined;
afterEach(() => server?.close());

/** A health service that answers as told; gives what it was asked for. */
async function serving(answer: (stream: ServerHttp2Stream, service: string) => void): Promise<number> {
  server = createServer();
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => answer(stream, headers[':path'] === '/grpc.health.v1.Health/Check' ? Buffer.concat(chunks).subarray(7).toString() : 'wrong path'));
    stream.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function reply(stream: ServerHttp2Stream, status: number): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.from(status === 0 ? [0, 0, 0, 0, 0] : [0, 0, 0, 0, 2, 8, status]));
}

const probe = (port: number, more: { service?: string; timeoutMs?: number } = {}) => grpcProbe({ podUid: 'u', containerId: 'c', containerName: 'c', ip: '127.0.0.1', ports: {} }, { port, ...(more.service === undefined ? {} : { service: more.service }) }, more.timeoutMs ?? 5_000);

test('a service that serves is healthy, by its name or as a whole', async () => {
  const port = await serving((stream, service) => reply(stream, service === 'mail' || service === '' ? 1 : 2));
  expect(await probe(port, { service: 'mail' })).toMatchObject({ ok: true });
  expect(await probe(port)).toMatchObject({ ok: true });
  expect(await probe(port, { service: 'other' })).toEqual({ ok: false, message: 'service unhealthy (responded with "NOT_SERVING")' });
});

test('no health protocol, no answer in time, nobody there', async () => {
  const port = await serving((stream) => stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12', 'grpc-message': 'unknown service' }, { endStream: true }));
  expect(await probe(port)).toEqual({ ok: false, message: 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service' });
  const silent = await serving(() => undefined);
  expect((await probe(silent, { timeoutMs: 50 })).message).toBe(`timeout: failed to connect service "127.0.0.1:${silent}" within 0.05s: context deadline exceeded`);
  expect((await probe(1)).message).toContain('failed to connect service "127.0.0.1:1"');
});
