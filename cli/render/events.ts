import { humanDuration } from '#api/kinds/columns';
import type { Event } from '#api/schema/kinds.generated';

/** When an event was last seen, whichever of its clocks says so. */
export function lastSeenMs({ series, lastTimestamp, eventTime, firstTimestamp, metadata }: Event): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp ?? '') || 0;
}

export function inOrder(events: readonly Event[]): Event[] {
  return [...events].sort((a, b) => lastSeenMs(a) - lastSeenMs(b));
}

/** `3m47s (x7 over 13m)`. */
export function ageText(event: Event, nowMs: number): string {
  const last = humanDuration(nowMs - lastSeenMs(event));
  const count = event.series?.count ?? event.count ?? 1;
  if (count <= 1) return last;
  const first = Date.parse(event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '');
  return `${last} (x${count} over ${humanDuration(nowMs - first)})`;
}
