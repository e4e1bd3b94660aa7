import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalMicroTime, canonicalTime, formatMicroTime, formatTime, parseTime } from '#api/time';

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05.999Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05Z'],
  ['2026-01-02T03:04:05.123456789-07:30', '2026-01-02T10:34:05Z'],
  ['2026-01-02T03:04:05,5Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T3:04:05Z', '2026-01-02T03:04:05Z'],
  ['0050-01-02T03:04:05Z', '0050-01-02T03:04:05Z'],
  ['0001-01-01T00:00:00Z', undefined],
])('%s is returned as %s', (text, canonical) => {
  expect(canonicalTime(text)).toBe(canonical);
});

// What kube-apiserver 1.36.3 answered.
test.each([
  ['yesterday', 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
  ['', 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
  ['2026-01-02', 'parsing time "2026-01-02" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
  ['12026-01-02T03:04:05Z', 'parsing time "12026-01-02T03:04:05Z" as "2006-01-02T15:04:05Z07:00": cannot parse "6-01-02T03:04:05Z" as "-"'],
  ['2026-1-02T03:04:05Z', 'parsing time "2026-1-02T03:04:05Z" as "2006-01-02T15:04:05Z07:00": cannot parse "1-02T03:04:05Z" as "01"'],
  ['2026-13-02T03:04:05Z', 'parsing time "2026-13-02T03:04:05Z": month out of range'],
  ['2026-02-30T03:04:05Z', 'parsing time "2026-02-30T03:04:05Z": day out of range'],
  ['2026-01-02T03:04:05+25:00', 'parsing time "2026-01-02T03:04:05+25:00": time zone offset hour out of range'],
  ['2026-01-02T03:04:05Zx', 'parsing time "2026-01-02T03:04:05Zx": extra text: "x"'],
  ['2026-01-02T03:04:05.Z', 'parsing time "2026-01-02T03:04:05.Z" as "2006-01-02T15:04:05Z07:00": cannot parse ".Z" as "Z07:00"'],
])('%j is refused', (text, message) => {
  expect(() => canonicalTime(text)).toThrow(message);
  expect(parseTime(text)).toBeUndefined();
});

test('micro time has six decimals, no more and no less', () => {
  expect(canonicalMicroTime('2026-01-02T03:04:05.123456+01:00')).toBe('2026-01-02T02:04:05.123456Z');
  expect(() => canonicalMicroTime('2026-01-02T03:04:05Z')).toThrow('cannot parse "Z" as ".000000"');
  expect(() => canonicalMicroTime('2026-01-02T03:04:05.123456789Z')).toThrow('cannot parse "789Z" as "Z07:00"');
});

test('what is written reads back, to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.parse('0100-01-01'), max: Date.parse('9999-12-31') }), (ms) => {
      expect(parseTime(formatTime(ms))).toBe(Math.floor(ms / 1000) * 1000);
      expect(canonicalMicroTime(formatMicroTime(ms))).toBe(formatMicroTime(ms));
    }),
  );
});
