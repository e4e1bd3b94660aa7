import type { Probe } from '#api/schema/kinds.generated';

/** Counts results of one probe until they are enough to change its verdict. */
export interface ProbeCounter {
  verdict: 'pending' | 'success' | 'failure';
  /** How many results in a row said the same as the last one. */
  run: number;
  last: 'success' | 'failure' | undefined;
}

export function initialCounter(verdict: ProbeCounter['verdict']): ProbeCounter {
  return { verdict, run: 0, last: undefined };
}

export function countResult(counter: ProbeCounter, ok: boolean, probe: Pick<Probe, 'successThreshold' | 'failureThreshold'>): ProbeCounter {
  const last = ok ? 'success' : 'failure';
  const run = counter.last === last ? counter.run + 1 : 1;
  const threshold = ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  return { verdict: run >= threshold ? last : counter.verdict, run, last };
}
