/** Milliseconds of a timestamp; 0 where there is none. */
export function timestampMs(time: string | null | undefined): number {
  return time == null ? 0 : Date.parse(time);
}
