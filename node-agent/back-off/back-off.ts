/**
 * Kubernetes' exponential back-off for restarts and image pulls: the first retry goes at once, then 10 s doubling to 5 min; whoever
 * held out for 10 min begins anew.
 */
export interface BackOff {
  delayMs: number;
  /** When the last retry was let go. */
  sinceMs: number;
}

export const INITIAL_DELAY_MS = 10_000;
export const MAX_DELAY_MS = 300_000;
export const RESET_AFTER_MS = 2 * MAX_DELAY_MS;

/** When a failure at `failedAtMs` may be retried. */
export function retryAtMs(backOff: BackOff | undefined, failedAtMs: number): number {
  if (backOff === undefined || hasRecovered(backOff, failedAtMs)) return failedAtMs;
  return failedAtMs + backOff.delayMs;
}

/** The state after the retry that follows a failure at `failedAtMs`. */
export function afterRetry(backOff: BackOff | undefined, failedAtMs: number, nowMs: number): BackOff {
  if (backOff === undefined || hasRecovered(backOff, failedAtMs)) return { delayMs: INITIAL_DELAY_MS, sinceMs: nowMs };
  return { delayMs: Math.min(backOff.delayMs * 2, MAX_DELAY_MS), sinceMs: nowMs };
}

/** As Go prints a duration of whole seconds: 10s, 1m20s, 5m0s. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

function hasRecovered(backOff: BackOff, failedAtMs: number): boolean {
  return failedAtMs - backOff.sinceMs > RESET_AFTER_MS;
}
