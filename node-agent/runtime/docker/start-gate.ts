import { availableParallelism } from 'node:os';
import { turnstile } from '#client/turnstile';
import type { Clock } from '../../clock.ts';

const STARTS_PER_CPU = 2;
const MAX_HELD_MS = 10_000;

export type StartGate = <T>(what: 'sandbox' | 'container', start: () => Promise<T>) => Promise<T>;

/**
 * A start is mostly CPU time, and ten at once take a sixth more of it than four at a time on two CPUs. Containers go before sandboxes: who is
 * nearly ready is ready first. A start that hangs holds its place only for a while.
 */
export function startGate(clock: Pick<Clock, 'sleep'>): StartGate {
  const enter = turnstile(STARTS_PER_CPU * availableParallelism());
  return async (what, start) => {
    const leave = await enter({ ahead: what === 'container' });
    const ended = new AbortController();
    void clock.sleep(MAX_HELD_MS, ended.signal).then(leave);
    try {
      return await start();
    } finally {
      ended.abort();
    }
  };
}
