import type { Outcome } from './controller.ts';

const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 5 * 60_000;
// Beyond this the record would outgrow its item: then nothing is remembered but the earliest time, and all keys are looked at again then.
export const MAX_ENTRIES = 3_000;

export interface Due {
  attempts: number;
  dueMs: number;
}

/** When each key is to be looked at again without being asked; survives the burst in the loop's record. */
export interface DueTimes {
  /** True: something to remember has changed. */
  succeeded(key: string, outcome: Outcome, nowMs: number): boolean;
  /** Gives the number of failures in a row. */
  failed(key: string, nowMs: number): number;
  forget(key: string): void;
  /** The keys whose time has come, each once; their failures are remembered until they succeed. */
  start(nowMs: number): string[];
  earliestMs(): number | undefined;
  /** With `remaining`, which were begun or never came to their turn, due at once. */
  entries(remaining: string[]): [string, Due][];
}

export function createDueTimes(initial: [string, Due][]): DueTimes {
  const due = new Map(initial);
  const waiting = (): Due[] => [...due.values()].filter(({ dueMs }) => dueMs !== Infinity);
  return {
    succeeded(key, outcome, nowMs) {
      if ('done' in outcome) return due.delete(key);
      due.set(key, { attempts: 0, dueMs: nowMs + outcome.afterMs });
      return true;
    },
    failed(key, nowMs) {
      const attempts = (due.get(key)?.attempts ?? 0) + 1;
      due.set(key, { attempts, dueMs: nowMs + backOffMs(attempts) });
      return attempts;
    },
    forget: (key) => void due.delete(key),
    start(nowMs) {
      const ready = [...due].filter(([, { dueMs }]) => dueMs <= nowMs);
      for (const [key, { attempts }] of ready) due.set(key, { attempts, dueMs: Infinity });
      return ready.map(([key]) => key);
    },
    earliestMs: () => (waiting().length === 0 ? undefined : Math.min(...waiting().map(({ dueMs }) => dueMs))),
    entries(remaining) {
      const all = new Map([...due].filter(([, { dueMs }]) => dueMs !== Infinity));
      for (const key of remaining) all.set(key, { attempts: due.get(key)?.attempts ?? 0, dueMs: 0 });
      return [...all];
    },
  };
}

export function backOffMs(attempts: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 30));
}
