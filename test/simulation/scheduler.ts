import type { Clock } from '#ports/clock';

/**
 * Runs one interleaving on microtasks alone: whoever waits, for a step or for time, is woken one at a time, in an order that the seed
 * decides. Time is virtual. The same seed gives the same run.
 */
export interface Scheduler {
  readonly clock: Clock;
  /** Resolves when this waiter is chosen. */
  step(): Promise<void>;
  /** Until `done` resolves; throws when nobody is left to wake, or when it takes too long. */
  run(done: Promise<void>): Promise<void>;
  pass(ms: number): void;
}

// After a wake-up, promises that hang on it get this many turns before the next one. Fewer only makes some choices come later.
const TURNS = 6;
const MAX_WAKES = 60_000;
const STEP_MS = 3;

export function createScheduler(random: () => number, { hurry = 0.06, startMs = Date.UTC(2026, 0, 1) } = {}): Scheduler {
  const waiting: (() => void)[] = [];
  const sleeping: { dueMs: number; wake: () => void }[] = [];
  let now = startMs;

  function wakeOne(): boolean {
    // Now and then a sleeper is woken although others could still move: the network may be slower than any patience.
    const sleeper = sleeping.length > 0 && (waiting.length === 0 || random() < hurry || earliest().dueMs <= now);
    if (sleeper) {
      const next = earliest();
      sleeping.splice(sleeping.indexOf(next), 1);
      now = Math.max(now, next.dueMs);
      next.wake();
      return true;
    }
    if (waiting.length === 0) return false;
    const chosen = Math.floor(random() * waiting.length);
    const wake = waiting[chosen] as () => void;
    waiting[chosen] = waiting[waiting.length - 1] as () => void;
    waiting.pop();
    now += STEP_MS;
    wake();
    return true;
  }

  function earliest(): { dueMs: number; wake: () => void } {
    return sleeping.reduce((first, one) => (one.dueMs < first.dueMs ? one : first));
  }

  return {
    clock: {
      now: () => now,
      sleep: (ms, signal) => new Promise((resolve) => (signal?.aborted ? resolve() : void sleeping.push({ dueMs: now + ms, wake: resolve }))),
    },
    step: () => new Promise((resolve) => void waiting.push(resolve)),
    async run(done) {
      let ended = false;
      let failure: unknown;
      done.then(
        () => (ended = true),
        (error: unknown) => {
          ended = true;
          failure = error ?? new Error('failed');
        },
      );
      for (let wakes = 0, idle = 0; !ended; wakes++) {
        for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
        if (ended) break;
        idle = wakeOne() ? 0 : idle + 1;
        if (idle > 100) throw new Error('nobody is left to wake');
        if (wakes > MAX_WAKES) throw new Error('it does not end');
      }
      if (failure !== undefined) throw failure instanceof Error ? failure : new Error('failed', { cause: failure });
    },
    pass(ms) {
      now += ms;
    },
  };
}
