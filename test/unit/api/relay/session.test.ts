import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pump, readAll } from '#api/connection/byte-channel';
import { encodeFrame } from '#api/relay/frames';
import { MAX_CHANNELS, RelaySession } from '#api/relay/session';
import { WINDOW_BYTES } from '#api/relay/session-channel';
import { socketPair } from '#api/connection/socket-pair';

function sessions() {
  const { one, other, sever } = socketPair();
  return { asker: new RelaySession(one), agent: new RelaySession(other), agentSocket: other, sever };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

test('channels come in the order in which they are opened, and carry both ways until each side ends', async () => {
  const { asker, agent } = sessions();
  agent.ready();
  expect(await asker.untilReady()).toBeUndefined();
  const [first, second] = [asker.open('stdin'), asker.open('8080')];
  const accepted = await agent.acceptAll(['stdin', '8080']);
  await first.write(bytes('to the agent'));
  first.end();
  await accepted['8080']?.write(bytes('to the asker'));
  accepted['8080']?.end();
  expect(text(await readAll(accepted['stdin'] ?? first, 100))).toBe('to the agent');
  expect(text(await readAll(second, 100))).toBe('to the asker');
});

test('whatever is written in whatever pieces on many channels arrives on each in order, and no more waits than the window allows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.nat({ max: 1.5 * WINDOW_BYTES }), { maxLength: 4 }), { minLength: 1, maxLength: 5 }), async (channels) => {
      const { asker, agent } = sessions();
      const received = channels.map(async (sizes, i) => {
        const channel = asker.open(String(i));
        const write = async (): Promise<void> => {
          for (const [at, size] of sizes.entries()) await channel.write(new Uint8Array(size).fill(at + i));
          channel.end();
        };
        const [echo] = await Promise.all([readAll(channel, 1e8), write()]);
        return [...runs(echo)];
      });
      void (async () => {
        for (let next = await agent.accept(); next !== undefined; next = await agent.accept()) void pump(next.channel, next.channel);
      })();
      const expected = channels.map((sizes, i) => [...runs(concat(sizes.map((size, at) => new Uint8Array(size).fill(at + i))))]);
      expect(await Promise.all(received)).toEqual(expected);
      asker.close();
    }),
    { numRuns: 15 },
  );
});

test('a writer waits for a reader who takes nothing, and for that one alone', async () => {
  const { asker, agent } = sessions();
  const [stuck, free] = [asker.open('stuck'), asker.open('free')];
  const accepted = await agent.acceptAll(['stuck', 'free']);
  let written = false;
  const writing = stuck.write(new Uint8Array(WINDOW_BYTES + 1)).then(() => (written = true));
  await free.write(bytes('through'));
  expect(text((await accepted['free']?.read()) ?? new Uint8Array(0))).toBe('through');
  expect(written).toBe(false);
  for (let taken = 0; taken < WINDOW_BYTES / 2; ) taken += (await accepted['stuck']?.read())?.length ?? 0;
  await writing;
});

test('a refusal is told before any channel is used', async () => {
  const { asker, agent } = sessions();
  agent.close({ code: 404, reason: 'NotFound', message: 'no such pod' });
  expect(await asker.untilReady()).toEqual({ code: 404, reason: 'NotFound', message: 'no such pod' });
});

test('an end in order lets what has come be read; a broken connection says so', async () => {
  const ended = sessions();
  const channel = ended.asker.open('output');
  const output = (await ended.agent.accept())?.channel;
  await output?.write(bytes('last words'));
  ended.agent.close();
  expect(text(await readAll(channel, 100))).toBe('last words');
  expect(await ended.asker.ended).toBeUndefined();
  await expect(channel.write(bytes('x'))).rejects.toThrow('the session has ended');

  const broken = sessions();
  const reading = broken.asker.open('output').read();
  broken.sever();
  await expect(reading).rejects.toThrow('the connection to the node was lost');
  expect(await broken.asker.ended).toMatchObject({ code: 503 });
  expect((await broken.agent.accept())?.label).toBe('output'); // what came before
  expect(await broken.agent.accept()).toBeUndefined();
});

test('who gives a channel up is heard, with the reason; the others go on', async () => {
  const { asker, agent } = sessions();
  const [one, other] = [asker.open('81'), asker.open('80')];
  const accepted = await agent.acceptAll(['81', '80']);
  accepted['81']?.abort('connection refused');
  await expect(one.read()).rejects.toThrow('connection refused');
  await expect(one.write(bytes('x'))).rejects.toThrow('connection refused');
  await other.write(bytes('x'));
  expect(text((await accepted['80']?.read()) ?? new Uint8Array(0))).toBe('x');
});

test('channels are bounded, and given again', async () => {
  const { asker, agent } = sessions();
  const open = Array.from({ length: MAX_CHANNELS }, (_, i) => asker.open(String(i)));
  expect(() => asker.open('one more')).toThrow(`at most ${MAX_CHANNELS}`);
  await agent.acceptAll(open.map((_, i) => String(i)));
  open[0]?.abort();
  asker.open('again');
  expect((await agent.accept())?.label).toBe('again');
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['an unknown frame', new Uint8Array([99, 0, 0])],
  ['more than the window', encodeFrame({ type: 'data', channel: 1, bytes: new Uint8Array(WINDOW_BYTES + 1) })],
  ['a cause that is no JSON', new Uint8Array([6, 0, 0, 0x7b])],
])('%s ends the session', async (_name, message) => {
  const { asker, agentSocket } = sessions();
  const channel = asker.open('output');
  await agentSocket.send(message);
  expect(await asker.ended).toMatchObject({ code: 503 });
  await expect(channel.read()).rejects.toThrow('lost');
});

/** Equal to others when the bytes are, and small to compare. */
function* runs(whole: Uint8Array): Generator<string> {
  for (let at = 0; at < whole.length; ) {
    let end = at;
    while (end < whole.length && whole[end] === whole[at]) end++;
    yield `${end - at} of ${whole[at]}`;
    at = end;
  }
}

function concat(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
