import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longDecided, type CounterRecord } from '#adapters/dynamodb/counter';
import { FIRST_REVISION, LOG_SECONDS } from '#adapters/dynamodb/layout';

const HALF_DAY = LOG_SECONDS / 4;

test('what is called long decided was reserved half a day ago, and no entry is swept before it is called so', () => {
  const pause = fc.oneof(fc.nat(3600), fc.nat(LOG_SECONDS));
  fc.assert(
    fc.property(fc.array(pause, { minLength: 1, maxLength: 30 }), pause, (pauses, later) => {
      const { counter, reservedAt, last } = play(pauses);
      const now = last + later;
      const decided = longDecided(counter, now);
      for (const [revision, at] of reservedAt) {
        if (revision <= decided) expect(now - at).toBeGreaterThanOrEqual(HALF_DAY);
        if (now - at >= LOG_SECONDS) expect(decided).toBeGreaterThanOrEqual(revision);
      }
    }),
  );
});

test('a partition that never was has decided nothing', () => {
  expect(longDecided(undefined, 1_000_000_000)).toBe(FIRST_REVISION);
});

// One reservation after each pause; the mark moves as `reserve` moves it.
function play(pauses: number[]): { counter: CounterRecord; reservedAt: Map<number, number>; last: number } {
  let now = 1_000_000_000;
  let counter: CounterRecord = { pk: 'p#counter', sk: '-', type: 'counter', n: 1, reservedAt: now, mark: 1, markedAt: now, decided: 1 };
  const reservedAt = new Map<number, number>();
  for (const pause of pauses) {
    now += pause;
    if (counter.markedAt <= now - HALF_DAY) counter = { ...counter, decided: longDecided(counter, now), mark: counter.n, markedAt: now };
    counter = { ...counter, n: counter.n + 1, reservedAt: now };
    reservedAt.set(counter.n, now);
  }
  return { counter, reservedAt, last: now };
}
