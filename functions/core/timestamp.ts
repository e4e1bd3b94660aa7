/** metav1.Time: whole seconds, UTC. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Milliseconds of a timestamp; 0 where there is none. */
export function timestampMs(time: string | null | undefined): number {
  return time == null ? 0 : Date.parse(time);
}
