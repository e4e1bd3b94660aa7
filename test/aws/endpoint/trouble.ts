import type { Wire } from './call.ts';
import { ConnectionLost } from './endpoint.ts';
import { failed } from './failures.ts';

const KINDS = ['error', 'timeout', 'throttle', 'late'] as const;

export interface Trouble {
  wire: Wire;
  /** How many calls went wrong, by their kind. */
  readonly happened: ReadonlyMap<string, number>;
  /** No call that is late by now is still under way. */
  quiet(): Promise<void>;
}

/**
 * Some calls go wrong by chance: the service fails, the answer is lost, there are too many of them, or a call is late, and takes effect some time
 * after its caller has given it up. (Conflicts are where transactions are: see torn-commits.ts.)
 */
export function causeTrouble({ random, share, lateMs }: { random: () => number; share: number; lateMs: number }): Trouble {
  const late = new Set<Promise<unknown>>();
  const happened = new Map<string, number>();

  return {
    happened,
    async quiet() {
      await Promise.all(late);
    },
    wire(call, next) {
      const kind = KINDS[Math.floor((random() / share) * KINDS.length)];
      if (kind === undefined) return next(call);
      happened.set(kind, (happened.get(kind) ?? 0) + 1);
      if (kind !== 'late') return failed(kind, call, next);
      // Nobody hears what becomes of it.
      const coming = new Promise((resolve) => setTimeout(resolve, random() * lateMs))
        .then(() => next(call))
        .catch(() => undefined)
        .finally(() => late.delete(coming));
      late.add(coming);
      throw new ConnectionLost();
    },
  };
}
