import type { Clock } from '#ports/clock';

/** Wakes the one who waits; raised before, the next wait returns at once. */
export interface Signal {
  raise(): void;
  wait(): Promise<void>;
  waitAtMost(ms: number, clock: Clock): Promise<void>;
}

export function createSignal(): Signal {
  let isRaised = false;
  let wake: (() => void) | undefined;
  const wait = (): Promise<void> => {
    if (!isRaised) return new Promise((resolve) => (wake = resolve));
    isRaised = false;
    return Promise.resolve();
  };
  return {
    raise() {
      if (wake === undefined) isRaised = true;
      else wake();
      wake = undefined;
    },
    wait,
    async waitAtMost(ms, clock) {
      const abort = new AbortController();
      await Promise.race([clock.sleep(ms, abort.signal), wait()]);
      // Whoever no longer waits must not take the next signal away.
      wake = undefined;
      abort.abort();
    },
  };
}
