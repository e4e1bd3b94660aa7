import { systemClock } from '#client/clock';
import type { Clock } from '#ports/clock';

/** A clock that stands still until a test moves it; sleepers wake in the order of their deadlines. */
export interface ManualClock extends Clock {
  /** Moves time, waking what falls due on the way; resolves when the woken have had their turn. */
  advance(ms: number): Promise<void>;
  /** How many sleep now: a test waits for this before it moves the clock. */
  readonly sleeping: number;
}

export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs;
  const sleepers = new Set<{ dueMs: number; wake: () => void }>();
  return {
    now: () => now,
    get sleeping() {
      return sleepers.size;
    },
    sleep(ms, signal) {
      return new Promise((resolve) => {
        if (ms <= 0 || signal?.aborted) return resolve();
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { dueMs: now + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      });
    },
    async advance(ms) {
      const end = now + ms;
      for (let next = earliest(sleepers, end); next; next = earliest(sleepers, end)) {
        now = Math.max(now, next.dueMs);
        next.wake();
        await turn();
      }
      now = end;
      await turn();
    },
  };
}

/** Real time, moved forward on demand: for adapters that also wait in earnest. */
export interface ShiftedClock extends Clock {
  shift(ms: number): void;
}

export function shiftedClock(): ShiftedClock {
  let shiftMs = 0;
  return {
    now: () => systemClock.now() + shiftMs,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    shift: (ms) => {
      shiftMs += ms;
    },
  };
}

function earliest<T extends { dueMs: number }>(sleepers: Iterable<T>, endMs: number): T | undefined {
  const due = [...sleepers].filter((one) => one.dueMs <= endMs);
  return due.sort((a, b) => a.dueMs - b.dueMs)[0];
}

// A whole turn of the event loop, so that all promises that hang on the woken one have run.
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
