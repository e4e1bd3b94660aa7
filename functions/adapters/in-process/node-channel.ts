import type { Clock } from '#ports/clock';
import type { NodeChannel } from '#ports/node-channel';

/**
 * Wakes agents over the long-poll that each holds open. A wake without a waiter is kept for the next one, so that nothing is lost
 * between two polls; further ones merge into it.
 */
export function createNodeChannel(clock: Clock): Required<NodeChannel> {
  const pending = new Set<string>();
  const waiters = new Map<string, Set<() => void>>();
  const keyOf = (cluster: string, node: string) => `${cluster}/${node}`;

  return {
    async wake(cluster, node) {
      const key = keyOf(cluster, node);
      pending.add(key);
      for (const wake of waiters.get(key) ?? []) wake();
    },

    async open() {
      return { kind: 'long-poll' };
    },

    async wait(cluster, node, { timeoutMs, signal }) {
      const key = keyOf(cluster, node);
      if (pending.delete(key)) return true;
      const woken = new AbortController();
      const wake = () => woken.abort();
      const set = waiters.get(key) ?? new Set();
      waiters.set(key, set.add(wake));
      try {
        await clock.sleep(timeoutMs, signal ? AbortSignal.any([woken.signal, signal]) : woken.signal);
      } finally {
        set.delete(wake);
        if (set.size === 0) waiters.delete(key);
      }
      return pending.delete(key);
    },
  };
}
