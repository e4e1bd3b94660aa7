/** Unique keys in the order they came. A key that is being worked on and is added again comes once more afterwards, never beside itself. */
export interface WorkQueue {
  add(key: string): void;
  /** undefined: nothing that may start now. */
  take(): string | undefined;
  finish(key: string): void;
  readonly waiting: number;
  readonly running: number;
  /** All that is not finished. */
  remaining(): string[];
}

export function createWorkQueue(): WorkQueue {
  const waiting = new Set<string>();
  const running = new Set<string>();
  const again = new Set<string>();
  return {
    add(key) {
      if (running.has(key)) again.add(key);
      else waiting.add(key);
    },
    take() {
      const next = waiting.values().next();
      if (next.done === true) return undefined;
      waiting.delete(next.value);
      running.add(next.value);
      return next.value;
    },
    finish(key) {
      running.delete(key);
      if (again.delete(key)) waiting.add(key);
    },
    get waiting() {
      return waiting.size;
    },
    get running() {
      return running.size;
    },
    remaining: () => [...new Set([...waiting, ...running, ...again])],
  };
}
