import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAll } from '#api/connection/byte-channel';
import { OrderedSocket } from '#api/relay/ordered-socket';
import { decodePiece, encodePiece, MAX_PIECE_BYTES } from '#api/relay/pieces';
import { RelaySession } from '#api/relay/session';
import { lossyLink } from '#test/support/lossy-link';

// A second of the protocol's takes 50 ms.
const HASTE = 20;
const clock = {
  now: () => performance.now() * HASTE,
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms / HASTE);
      signal?.addEventListener('abort', done, { once: true });
    }),
};
const options = { clock, piecesInFlight: 3 };
const PROMPT = { afterMs: 0, times: 1 };

function sockets(fate: () => { afterMs: number; times: number } = () => PROMPT) {
  const { one, other, sizes } = lossyLink(fate);
  return { one: new OrderedSocket(one, options), other: new OrderedSocket(other, options), otherLink: other, sizes };
}

test('whatever is lost, doubled or overtaken on the way: the same messages arrive in order, in pieces that API Gateway takes', async () => {
  const fates = fc.infiniteStream(fc.record({ afterMs: fc.nat({ max: 4 }), times: fc.constantFrom(0, 1, 1, 1, 2) }));
  await fc.assert(
    fc.asyncProperty(fates, fc.array(fc.nat({ max: 60_000 }), { minLength: 1, maxLength: 12 }), async (fate, lengths) => {
      const { one, other, sizes } = sockets(() => fate.next().value as { afterMs: number; times: number });
      const messages = lengths.map((length, i) => new Uint8Array(length).fill(i + 1));
      const write = async (): Promise<void> => {
        for (const message of messages) await one.send(message);
      };
      const read = async (): Promise<number[][]> => {
        const seen: number[][] = [];
        while (seen.length < messages.length) {
          const message = (await other.receive()) ?? new Uint8Array(0);
          seen.push([message.length, message[0] ?? 0, message.at(-1) ?? 0]);
        }
        return seen;
      };
      const [, seen] = await Promise.all([write(), read()]);
      expect(seen).toEqual(messages.map((message) => [message.length, message[0] ?? 0, message.at(-1) ?? 0]));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(32 * 1024);
      one.close();
      other.close();
    }),
    { numRuns: 10 },
  );
});

test('small writes go as one piece', async () => {
  const { one, other, sizes } = sockets();
  for (let i = 0; i < 10; i++) void one.send(new Uint8Array([i]));
  for (let i = 0; i < 10; i++) expect(await other.receive()).toEqual(new Uint8Array([i]));
  expect(sizes.filter((size) => size > 20)).toHaveLength(1);
});

test('who closes is heard to the end', async () => {
  const { one, other } = sockets();
  void one.send(new Uint8Array(3 * MAX_PIECE_BYTES));
  void one.send(new Uint8Array([7]));
  one.close();
  expect((await other.receive())?.length).toBe(3 * MAX_PIECE_BYTES);
  expect(await other.receive()).toEqual(new Uint8Array([7]));
  expect(await other.receive()).toBeUndefined();
  await expect(one.send(new Uint8Array(1))).rejects.toThrow('closed');
});

test('no more is under way than is allowed, and who is never answered gives up', async () => {
  const { one, sizes } = sockets(() => ({ afterMs: 0, times: 0 }));
  const writing = one.send(new Uint8Array(10 * MAX_PIECE_BYTES));
  await expect(one.receive()).rejects.toThrow('has not answered for 30 s');
  await writing;
  expect(new Set(sizes).size).toBeLessThanOrEqual(options.piecesInFlight);
});

test('a link that breaks with something missing is an error', async () => {
  const { one, otherLink } = sockets();
  await otherLink.send(encodePiece({ number: 2, acknowledged: 0, bytes: new Uint8Array(1) }));
  await otherLink.send('{"message":"Internal server error"}'); // API Gateway's own, passed over
  setTimeout(() => otherLink.close(), 5);
  await expect(one.receive()).rejects.toThrow('the connection broke off');
});

test('a relay session over it carries both ways', async () => {
  const { one, other } = sockets();
  const [asker, agent] = [new RelaySession(one), new RelaySession(other)];
  agent.ready();
  expect(await asker.untilReady()).toBeUndefined();
  const channel = asker.open('output');
  const output = (await agent.accept())?.channel;
  const sent = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
  void output?.write(sent).then(() => output.end());
  expect(Buffer.compare(await readAll(channel, 1e6), sent)).toBe(0);
  agent.close();
  expect(await asker.ended).toBeUndefined();
});

test.each(['', '1 2', 'a 1 ', '1 1 @@', '1 1 abc', '99999999999 1 '])('%j is no piece', (text) => expect(decodePiece(text)).toBeUndefined());
