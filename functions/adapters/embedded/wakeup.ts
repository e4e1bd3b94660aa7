import type { Clock } from '#ports/clock';
import type { Partition, Revision } from '#ports/table';
import type { Wakeup } from '#ports/wakeup';

/** The store and its waiting readers share a process: a commit wakes them itself. */
export interface InProcessWakeup extends Wakeup {
  /** The partition has moved, durably. */
  signal(partition: Partition): void;
}

export function createWakeup({ clock, headOf }: { clock: Clock; headOf: (partition: Partition) => Revision }): InProcessWakeup {
  const waiting = new Map<Partition, Set<() => void>>();
  return {
    signal(partition) {
      for (const wake of waiting.get(partition) ?? []) wake();
    },
    async wait(partition, after, { timeoutMs, signal }) {
      // Looked at in the same turn in which the waiter is entered, so that no commit falls between.
      if (headOf(partition) > after || signal?.aborted) return;
      const stop = new AbortController();
      const wake = (): void => stop.abort();
      const waiters = waiting.get(partition) ?? new Set();
      waiting.set(partition, waiters.add(wake));
      signal?.addEventListener('abort', wake, { once: true });
      await clock.sleep(timeoutMs, stop.signal);
      signal?.removeEventListener('abort', wake);
      waiters.delete(wake);
      if (waiters.size === 0) waiting.delete(partition);
    },
  };
}
