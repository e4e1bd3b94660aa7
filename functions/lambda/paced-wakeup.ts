import type { Clock } from '#ports/clock';
import type { Revision } from '#ports/table';
import type { Wakeup } from '#ports/wakeup';

const SHORTEST_MS = 200;
const LONGEST_MS = 1000;
const GROWTH = 1.25;

/** Nobody can signal a function that waits, so it looks: soon after something has moved, and ever slower while nothing does. */
export function createPacedWakeup(clock: Clock): Wakeup {
  const paces = new Map<string, { after: Revision; pauseMs: number }>();
  return {
    async wait(partition, after, { timeoutMs, signal }) {
      const last = paces.get(partition);
      const pauseMs = last?.after === after ? Math.min(LONGEST_MS, last.pauseMs * GROWTH) : SHORTEST_MS;
      paces.set(partition, { after, pauseMs });
      await clock.sleep(Math.min(pauseMs, timeoutMs), signal);
    },
  };
}
