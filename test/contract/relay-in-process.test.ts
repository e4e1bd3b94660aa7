import { expect, test } from 'vitest';
import { createRelay } from '#adapters/in-process/relay';
import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import { RelaySession } from '#api/relay/session';
import { socketPair } from '#api/connection/socket-pair';
import { ask, relayContract, waitingFor, type RelayUnderTest } from './relay.contract.ts';

function underTest(clock = systemClock): RelayUnderTest {
  const woken: string[] = [];
  const relay = createRelay({ nodeChannel: { wake: async (cluster, node) => void woken.push(`${cluster}/${node}`) }, clock, ids: systemIds });
  return {
    relay,
    woken,
    async dial(node, { session }) {
      const sockets = socketPair();
      relay.expect('c', node, session).join(sockets.one);
      return new RelaySession(sockets.other);
    },
  };
}

relayContract(underTest);

test('a session is for its own node', async () => {
  const under = underTest();
  const asked = ask(under, { timeoutMs: 500 });
  asked.catch(() => undefined); // nobody comes
  await expect(under.dial('n2', await waitingFor(under))).rejects.toThrow('nobody waits for session');
  await expect(asked).rejects.toMatchObject({ code: 'Unavailable' });
});

test('a session that carries nothing for hours ends, one that does goes on', async () => {
  const due: (() => void)[] = [];
  // Only the idle limit's sleeps are this long.
  const clock = { now: () => 0, sleep: (ms: number, signal?: AbortSignal) => (ms > 1e6 ? new Promise<void>((resolve) => due.push(resolve)) : systemClock.sleep(ms, signal)) };
  const under = underTest(clock);
  const asked = ask(under);
  const agent = await under.dial('n1', await waitingFor(under));
  agent.ready();
  const opened = await asked;
  if (!('session' in opened)) throw new Error('refused');
  await opened.session.open('output').write(new Uint8Array(1));
  due.shift()?.();
  await expect.poll(() => due.length).toBe(1); // it carried something: another period
  due.shift()?.();
  expect(await agent.ended).toMatchObject({ code: 504 });
});
