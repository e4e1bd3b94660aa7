import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEFT_ALONE_MS, seat, type Seat } from '#server/watches/seats';

const of = (id: string, sinceMs: number, options: Partial<Seat> = {}): Seat => ({ id, sinceMs, untilMs: sinceMs + 60_000, comesAgain: true, ...options });
const ids = (seated: ReturnType<typeof seat>): string[] => ('seats' in seated ? seated.seats.map(({ id }) => id) : []);

test('there is room until the limit', () => {
  expect(ids(seat([of('a', 0)], of('b', 1), 2))).toEqual(['a', 'b']);
});

test('the seat of a watch that has ended is free, whoever forgot to give it back', () => {
  expect(ids(seat([of('a', 0, { untilMs: 10 }), of('b', 5)], of('c', 10), 2))).toEqual(['b', 'c']);
});

test('who has just come is left alone, and the newcomer is told for how long', () => {
  expect(seat([of('a', 0), of('b', 1_000)], of('c', 2_000), 2)).toEqual({ waitMs: LEFT_ALONE_MS.comesAgain - 2_000 });
});

test('the one that is longest past its time gives way', () => {
  expect(ids(seat([of('young', 8_000), of('old', 1_000)], of('new', 20_000), 2))).toEqual(['young', 'new']);
});

test('a watch whose client would not come again is left alone for longer', () => {
  const kubectl = of('get -w', 0, { comesAgain: false, untilMs: 840_000 });
  expect(ids(seat([kubectl, of('informer', 40_000)], of('new', 50_000), 2))).toEqual(['get -w', 'new']);
  expect(ids(seat([kubectl, of('informer', 40_000)], of('new', LEFT_ALONE_MS.doesNot + 1, {}), 1))).toEqual(['new']);
});

test('never more than the limit, the newcomer is among them or told to wait, and nobody loses a seat before its time', () => {
  const seats = fc.array(fc.record({ sinceMs: fc.nat(200_000), lengthMs: fc.nat(300_000), comesAgain: fc.boolean() }), { maxLength: 6 });
  fc.assert(
    fc.property(seats, fc.integer({ min: 1, max: 4 }), (wanted, limit) => {
      let held: Seat[] = [];
      for (const [i, { sinceMs, lengthMs, comesAgain }] of wanted.sort((a, b) => a.sinceMs - b.sinceMs).entries()) {
        const newcomer = { id: String(i), sinceMs, untilMs: sinceMs + lengthMs, comesAgain };
        const seated = seat(held, newcomer, limit);
        if ('waitMs' in seated) {
          expect(seated.waitMs).toBeGreaterThan(0);
          continue;
        }
        expect(seated.seats).toContain(newcomer);
        expect(seated.seats.length).toBeLessThanOrEqual(limit);
        const lost = held.filter((one) => one.untilMs > sinceMs && !seated.seats.includes(one));
        for (const one of lost) expect(sinceMs - one.sinceMs).toBeGreaterThanOrEqual(one.comesAgain ? LEFT_ALONE_MS.comesAgain : LEFT_ALONE_MS.doesNot);
        held = seated.seats;
      }
    }),
  );
});
