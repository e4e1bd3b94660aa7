import { expect, test } from 'vitest';
import { readAll } from '#api/connection/byte-channel';
import type { WaitingSession } from '#api/relay/protocol';
import type { RelaySession } from '#api/relay/session';
import type { Relay, RelayDoor } from '#ports/relay';

export const REQUEST = { kind: 'logs' as const, namespace: 'default', pod: 'p', podUid: 'u', container: 'c', options: {} };

/** A relay of cluster `c`, and how an agent of its node `n1` comes to it. */
export interface RelayUnderTest {
  relay: Relay & RelayDoor;
  /** `<cluster>/<node>` of each ring. */
  woken: string[];
  /** Rejects when the session is not taken. */
  dial(node: string, waiting: WaitingSession): Promise<RelaySession>;
}

export function ask({ relay }: RelayUnderTest, options: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  return relay.open('c', 'n1', REQUEST, { timeoutMs: 10_000, signal: new AbortController().signal, ...options });
}

/** What waits for the node, once it has been woken. */
export async function waitingFor({ relay, woken }: RelayUnderTest, node = 'n1'): Promise<WaitingSession> {
  await expect.poll(() => woken, { timeout: 10_000 }).toContain(`c/${node}`);
  const [waiting] = await relay.take('c', node);
  if (waiting === undefined) throw new Error('nothing waits');
  return waiting;
}

/** What every adapter of the relay promises. */
export function relayContract(open: () => RelayUnderTest): void {
  const agentOf = async (under: RelayUnderTest): Promise<RelaySession> => under.dial('n1', await waitingFor(under));

  test('the asker is joined to the agent of that node, once', async () => {
    const under = open();
    const asked = ask(under);
    const waiting = await waitingFor(under);
    expect(waiting.request).toEqual(REQUEST);
    expect(await under.relay.take('c', 'n2')).toEqual([]);
    expect(await under.relay.take('other', 'n1')).toEqual([]);
    const agent = await under.dial('n1', waiting);
    await expect(under.dial('n1', waiting)).rejects.toThrow();
    expect(await under.relay.take('c', 'n1')).toEqual([]);
    agent.ready();
    const opened = await asked;
    if (!('session' in opened)) throw new Error('refused');
    const output = opened.session.open('output');
    const sending = (await agent.accept())?.channel;
    await sending?.write(new TextEncoder().encode('hello'));
    sending?.end();
    expect(new TextDecoder().decode(await readAll(output, 100))).toBe('hello');
    agent.close();
    expect(await opened.session.ended).toBeUndefined();
  });

  test('a refusal is handed on', async () => {
    const under = open();
    const asked = ask(under);
    (await agentOf(under)).close({ code: 400, reason: 'BadRequest', message: 'no' });
    expect(await asked).toEqual({ refusal: { code: 400, reason: 'BadRequest', message: 'no' } });
  });

  test('an agent that does not come, or says nothing, is unavailable', async () => {
    const away = open();
    await expect(ask(away, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'Unavailable' });
    const silent = open();
    const asked = ask(silent, { timeoutMs: 500 });
    asked.catch(() => undefined); // seen below
    await agentOf(silent);
    await expect(asked).rejects.toMatchObject({ code: 'Unavailable' });
  });

  test('an asker that goes away ends the session', async () => {
    const under = open();
    const gone = new AbortController();
    const asked = ask(under, { signal: gone.signal });
    const agent = await agentOf(under);
    agent.ready();
    await asked;
    gone.abort();
    expect(await agent.ended).toBeUndefined();
  });
}
