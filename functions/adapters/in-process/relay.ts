import type { RelaySession } from '#api/relay-protocol';
import type { Clock } from '#ports/clock';
import { PortError } from '#ports/errors';
import type { Ids } from '#ports/ids';
import type { NodeChannel } from '#ports/node-channel';
import type { Relay, RelayDoor, RelayStream } from '#ports/relay';

interface Waiting extends RelaySession {
  owner: string;
  taken: boolean;
  join(stream: RelayStream): void;
  /** Aborted when the asker is done, one way or the other. */
  over: AbortController;
}

/** Joins askers and agents that both are connected to this process. */
export function createRelay({ nodeChannel, clock, ids }: { nodeChannel: NodeChannel; clock: Clock; ids: Ids }): Relay & RelayDoor {
  const waiting = new Map<string, Waiting>();
  const ownerOf = (cluster: string, node: string): string => `${cluster}/${node}`;

  return {
    async open(cluster, node, request, { timeoutMs, signal }) {
      const session = ids.uuid();
      const over = new AbortController();
      signal.addEventListener('abort', () => over.abort(), { once: true });
      const joined = new Promise<RelayStream>((join) => waiting.set(session, { session, request, owner: ownerOf(cluster, node), taken: false, join, over }));
      const dialled = new AbortController();
      try {
        await nodeChannel.wake(cluster, node);
        const late = clock.sleep(timeoutMs, AbortSignal.any([dialled.signal, signal])).then(() => undefined);
        const stream = await Promise.race([joined, late]);
        if (stream !== undefined) return stream;
        over.abort();
        throw new PortError('Unavailable', `the agent of node ${node} did not answer within ${timeoutMs / 1000} s`);
      } finally {
        dialled.abort();
        waiting.delete(session);
      }
    },

    take(cluster, node) {
      const own = [...waiting.values()].filter((one) => one.owner === ownerOf(cluster, node) && !one.taken);
      for (const one of own) one.taken = true;
      return own.map(({ session, request }) => ({ session, request }));
    },

    async answer(cluster, node, { session, refusal, output }) {
      const asker = waiting.get(session);
      if (asker === undefined || asker.owner !== ownerOf(cluster, node)) throw new PortError('NotFound', `nobody waits for session ${session}`);
      waiting.delete(session);
      const { stream, ended } = handedOn(output, asker.over.signal);
      asker.join({ ...(refusal === undefined ? {} : { refusal }), output: stream });
      await ended;
    },
  };
}

/** The stream as it is read, until its end or until nobody wants it: both end the agent's request, and neither is a failure of it. */
function handedOn(output: ReadableStream<Uint8Array>, over: AbortSignal): { stream: ReadableStream<Uint8Array>; ended: Promise<void> } {
  const reader = output.getReader();
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const giveUp = async (): Promise<void> => {
    end();
    await reader.cancel().catch(() => undefined); // it may have broken already
  };
  over.addEventListener('abort', () => void giveUp(), { once: true });
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      controller.close();
      end();
    },
    cancel: giveUp,
  });
  return { stream, ended };
}
