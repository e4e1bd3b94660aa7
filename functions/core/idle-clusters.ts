const MINUTE_MS = 60_000;
const IDLE_EVERY_MINUTES = 60;

/**
 * Whether the tick of this minute looks at a cluster: each minute at a busy one; at one without nodes, where nothing can run, in its turn once
 * an hour, so that an idle cluster costs nothing that could be counted.
 */
export function isLookedAt(uid: string, { isBusy, nowMs }: { isBusy: boolean; nowMs: number }): boolean {
  return isBusy || Number.parseInt(uid.slice(0, 8), 16) % IDLE_EVERY_MINUTES === Math.floor(nowMs / MINUTE_MS) % IDLE_EVERY_MINUTES;
}
