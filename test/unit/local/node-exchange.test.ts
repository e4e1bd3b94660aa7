import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { bodyOf, sendOver } from '#local/node-exchange';
import { eventually } from '#test/support/eventually';

const closing: (() => void)[] = [];

afterEach(() => closing.splice(0).forEach((close) => close()));

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  closing.push(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a body is read whole, and not beyond what is allowed', async () => {
  const read: (number | undefined)[] = [];
  const port = await serve((incoming, outgoing) => {
    void bodyOf(incoming).read(5_000).then((bytes) => {
      read.push(bytes?.length);
      outgoing.end();
    });
  });
  for (const length of [0, 10, 5_000, 5_001, 500_000]) {
    const outgoing = request({ port, method: 'POST' }).end(Buffer.alloc(length));
    ((await once(outgoing, 'response')) as [IncomingMessage])[0].resume();
  }
  expect(read).toEqual([0, 10, 5_000, undefined, undefined]);
});

test('a client that breaks off while it sends is an error', async () => {
  let breakOff = (): void => undefined;
  let say = (_outcome: string): void => undefined;
  const outcome = new Promise<string>((resolve) => (say = resolve));
  const port = await serve((incoming) => {
    incoming.once('data', () => breakOff());
    bodyOf(incoming).read(5_000).then(() => say('read'), () => say('failed'));
  });
  const outgoing = request({ port, method: 'POST', headers: { 'content-length': '1000' } }).on('error', () => undefined);
  breakOff = () => void outgoing.destroy();
  outgoing.write('the beginning');
  expect(await outcome).toBe('failed');
});

test('a long answer reads on only as its client takes it, and ends with it', async () => {
  let made = 0;
  let isOver = false;
  let held: ServerResponse | undefined;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      made++;
      yield Buffer.alloc(64 * 1024);
    }
  }
  const port = await serve((_incoming, outgoing) => {
    held = outgoing;
    sendOver(outgoing)({ chunks: endless(), headers: new Headers({ 'content-type': 'application/json' }), end: async () => void (isOver = true) });
  });
  const [answer] = (await once(request({ port }).end(), 'response')) as [IncomingMessage];
  expect(answer.headers['content-type']).toBe('application/json');
  await eventually('it waits for the client', async () => held?.writableNeedDrain === true, { intervalMs: 10 });
  expect(made * 64 * 1024).toBeLessThan(64 * 1024 * 1024);
  answer.destroy();
  await eventually('it is over', async () => isOver, { intervalMs: 10 });
});
