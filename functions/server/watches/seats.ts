/** One of the cluster's places for a held watch, as it is recorded. */
export interface Seat {
  id: string;
  sinceMs: number;
  /** Its watch has ended by then, also when nobody has given the seat back. */
  untilMs: number;
  comesAgain: boolean;
}

/** How long a watch is left alone. Then it gives way to another, of which there is a client for certain. */
export const LEFT_ALONE_MS = { comesAgain: 5_000, doesNot: 120_000 };

/** With the newcomer seated, in place of the one that is longest past its time when all seats are taken; or when to ask again. */
export function seat(held: readonly Seat[], newcomer: Seat, limit: number): { seats: Seat[] } | { waitMs: number } {
  const nowMs = newcomer.sinceMs;
  const living = held.filter(({ untilMs }) => untilMs > nowMs);
  if (living.length < limit) return { seats: [...living, newcomer] };
  const [first] = [...living].sort((a, b) => mayGoAtMs(a) - mayGoAtMs(b));
  if (first === undefined) return { waitMs: LEFT_ALONE_MS.comesAgain };
  const waitMs = mayGoAtMs(first) - nowMs;
  return waitMs > 0 ? { waitMs } : { seats: [...living.filter((other) => other !== first), newcomer] };
}

function mayGoAtMs({ sinceMs, comesAgain }: Seat): number {
  return sinceMs + (comesAgain ? LEFT_ALONE_MS.comesAgain : LEFT_ALONE_MS.doesNot);
}
