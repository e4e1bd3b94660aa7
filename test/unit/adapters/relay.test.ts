import { expect, test } from 'vitest';
import { createRelay } from '#adapters/in-process/relay';
import { systemClock } from '#adapters/system/clock';
import { systemIds } from '#adapters/system/ids';
import { readAll } from '#api/connection/byte-channel';
import { RelaySession } from '#api/relay/session';
import type { Relay } from '#ports/relay';
import { socketPair } from '#test/support/socket-pair';

const REQUEST = { kind: 'logs' as const, namespace: 'default', pod: 'p', podUid: 'u', container: 'c', options: {} };
const woken: string[] = [];
const nodeChannel = { wake: async (cluster: string, node: string) => void woken.push(`${cluster}/${node}`) };
const relay = (clock = systemClock) => createRelay({ nodeChannel, clock, ids: systemIds });
const ask = (one: Relay, options: { timeoutMs?: number; signal?: AbortSignal } = {}) => one.open('c', 'n1', REQUEST, { timeoutMs: 5_000, signal: new AbortController().signal, ...options });

/** The agent's side: dials back for what waits. */
function dial(one: ReturnType<typeof relay>): RelaySession {
  const [waiting] = one.take('c', 'n1');
  const { one: toServer, other } = socketPair();
  one.expect('c', 'n1', waiting?.session ?? '').join(toServer);
  return new RelaySession(other);
}

test('the asker is joined to the agent of that node, once', async () => {
  const one = relay();
  const asked = ask(one);
  await expect.poll(() => woken).toContain('c/n1');
  expect(one.take('c', 'n2')).toEqual([]);
  const [waiting] = one.take('c', 'n1');
  expect(waiting?.request).toEqual(REQUEST);
  expect(one.take('c', 'n1')).toEqual([]);
  const id = waiting?.session ?? '';
  expect(() => one.expect('c', 'n2', id)).toThrow(`nobody waits for session ${id}`);
  const sockets = socketPair();
  one.expect('c', 'n1', id).join(sockets.one);
  expect(() => one.expect('c', 'n1', id)).toThrow('nobody waits');
  const agent = new RelaySession(sockets.other);
  agent.ready();
  const opened = await asked;
  if (!('session' in opened)) throw new Error('refused');
  const output = opened.session.open('output');
  const sending = (await agent.accept())?.channel;
  await sending?.write(new TextEncoder().encode('hello'));
  sending?.end();
  expect(new TextDecoder().decode(await readAll(output, 100))).toBe('hello');
});

test('a refusal is handed on', async () => {
  const one = relay();
  const asked = ask(one);
  dial(one).close({ code: 400, reason: 'BadRequest', message: 'no' });
  expect(await asked).toEqual({ refusal: { code: 400, reason: 'BadRequest', message: 'no' } });
});

test.each([
  ['does not dial', () => undefined],
  ['dials and says nothing', (one: ReturnType<typeof relay>) => dial(one)],
])('an agent that %s is unavailable', async (_name, behave) => {
  const one = relay();
  const asked = ask(one, { timeoutMs: 50 });
  behave(one);
  await expect(asked).rejects.toMatchObject({ code: 'Unavailable' });
});

test('an asker that goes away ends the session', async () => {
  const one = relay();
  const gone = new AbortController();
  const asked = ask(one, { signal: gone.signal });
  const agent = dial(one);
  agent.ready();
  await asked;
  gone.abort();
  expect(await agent.ended).toBeUndefined();
});

test('a session that carries nothing for hours ends, one that does goes on', async () => {
  const due: (() => void)[] = [];
  // Only the idle limit's sleeps are this long.
  const clock = { now: () => 0, sleep: (ms: number, signal?: AbortSignal) => (ms > 1e6 ? new Promise<void>((resolve) => due.push(resolve)) : systemClock.sleep(ms, signal)) };
  const one = relay(clock);
  const asked = ask(one);
  const agent = dial(one);
  agent.ready();
  const opened = await asked;
  if (!('session' in opened)) throw new Error('refused');
  await opened.session.open('output').write(new Uint8Array(1));
  due.shift()?.();
  await expect.poll(() => due.length).toBe(1); // it carried something: another period
  due.shift()?.();
  expect(await agent.ended).toMatchObject({ code: 504 });
});
