import { expect, test } from 'vitest';
import { createRelay } from '#adapters/in-process/relay';
import { systemClock } from '#adapters/system/clock';
import { systemIds } from '#adapters/system/ids';

const REQUEST = { kind: 'logs' as const, namespace: 'default', pod: 'p', podUid: 'u', container: 'c', options: {} };
const woken: string[] = [];
const nodeChannel = { wake: async (cluster: string, node: string) => void woken.push(`${cluster}/${node}`), open: async () => ({ kind: 'long-poll' as const }) };
const relay = () => createRelay({ nodeChannel, clock: systemClock, ids: systemIds });

const stream = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream();

test('the asker gets what the agent of that node answers', async () => {
  const one = relay();
  const asked = one.open('c', 'n1', REQUEST, { timeoutMs: 5_000, signal: new AbortController().signal });
  await expect.poll(() => woken).toContain('c/n1');
  expect(one.take('c', 'n2')).toEqual([]);
  const [session] = one.take('c', 'n1');
  expect(session?.request).toEqual(REQUEST);
  expect(one.take('c', 'n1')).toEqual([]);
  await expect(one.answer('c', 'n2', { session: session?.session ?? '', output: stream('stolen') })).rejects.toMatchObject({ code: 'NotFound' });
  const answered = one.answer('c', 'n1', { session: session?.session ?? '', output: stream('hello') });
  expect(await new Response((await asked).output).text()).toBe('hello');
  await answered;
});

test('an agent that does not dial is unavailable', async () => {
  await expect(relay().open('c', 'n1', REQUEST, { timeoutMs: 10, signal: new AbortController().signal })).rejects.toMatchObject({ code: 'Unavailable' });
});

test('an asker that goes away ends the agent answering it', async () => {
  const one = relay();
  const gone = new AbortController();
  const asked = one.open('c', 'n1', REQUEST, { timeoutMs: 5_000, signal: gone.signal });
  const [session] = one.take('c', 'n1');
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(1024)), cancel: () => void (cancelled = true) });
  const answered = one.answer('c', 'n1', { session: session?.session ?? '', output: endless });
  await (await asked).output.getReader().read();
  gone.abort();
  await answered;
  expect(cancelled).toBe(true);
});
