import type { OpenedRelay } from '#api/relay/opening';
import type { WaitingSession } from '#api/relay/protocol';
import { RelaySession } from '#api/relay/session';
import type { Clock } from '#ports/clock';
import { PortError } from '#ports/errors';
import type { Ids } from '#ports/ids';
import type { NodeChannel } from '#ports/node-channel';
import type { Relay, RelayDoor } from '#ports/relay';

interface Waiting extends WaitingSession {
  owner: string;
  taken: boolean;
  join(session: RelaySession): void;
}

/** Sessions that are open or being opened, all nodes together. */
const MAX_SESSIONS = 2_000;
/** As long as a kubelet leaves a session without a word. */
const MAX_IDLE_MS = 4 * 3_600_000;

/** Joins askers and agents that both are connected to this process. */
export function createRelay({ nodeChannel, clock, ids }: { nodeChannel: Pick<NodeChannel, 'wake'>; clock: Clock; ids: Ids }): Relay & Required<RelayDoor> {
  const waiting = new Map<string, Waiting>();
  const ownerOf = (cluster: string, node: string): string => `${cluster}/${node}`;
  let sessions = 0;

  return {
    async open(cluster, node, request, { timeoutMs, signal }) {
      if (sessions >= MAX_SESSIONS) throw new PortError('Throttled', 'too many sessions with nodes are open, please try again later', { retryAfterSeconds: 1 });
      sessions++;
      const id = ids.uuid();
      const joined = new Promise<RelaySession>((join) => waiting.set(id, { session: id, request, owner: ownerOf(cluster, node), taken: false, join }));
      const answered = new AbortController();
      const late = clock.sleep(timeoutMs, AbortSignal.any([answered.signal, signal])).then((): never => {
        throw new PortError('Unavailable', `the agent of node ${node} did not answer within ${timeoutMs / 1000} s`);
      });
      let session: RelaySession | undefined;
      try {
        await nodeChannel.wake(cluster, node);
        session = await Promise.race([joined, late]);
        void session.ended.then(() => sessions--);
        return await opened(session, { late, signal, clock });
      } catch (error) {
        if (session === undefined) sessions--;
        session?.close();
        throw error;
      } finally {
        late.catch(() => undefined); // it is told by the race, or nobody waits any more
        answered.abort();
        waiting.delete(id);
      }
    },

    async take(cluster, node) {
      const own = [...waiting.values()].filter((one) => one.owner === ownerOf(cluster, node) && !one.taken);
      for (const one of own) one.taken = true;
      return own.map(({ session, request }) => ({ session, request }));
    },

    expect(cluster, node, session) {
      const asker = waiting.get(session);
      if (asker === undefined || asker.owner !== ownerOf(cluster, node)) throw new PortError('NotFound', `nobody waits for session ${session}`);
      waiting.delete(session);
      return { join: (socket) => asker.join(new RelaySession(socket)) };
    },
  };
}

/** What the agent says first; from then on the asker's signal, the idle limit and either side end the session. */
async function opened(session: RelaySession, { late, signal, clock }: { late: Promise<never>; signal: AbortSignal; clock: Clock }): Promise<OpenedRelay> {
  const refusal = await Promise.race([session.untilReady(), late]);
  if (refusal !== undefined) return { refusal };
  signal.addEventListener('abort', () => session.close(), { once: true });
  void endWhenIdle(session, clock);
  return { session };
}

async function endWhenIdle(session: RelaySession, clock: Clock): Promise<void> {
  const over = new AbortController();
  void session.ended.then(() => over.abort());
  let seen = -1;
  while (!over.signal.aborted && session.frames !== seen) {
    seen = session.frames;
    await clock.sleep(MAX_IDLE_MS, over.signal);
  }
  session.close({ code: 504, reason: 'Timeout', message: `nothing came for ${MAX_IDLE_MS / 3_600_000} hours` });
}
