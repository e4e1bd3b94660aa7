import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '#ports/key-order';

test('keys compare as their UTF-8 bytes do', () => {
  const key = fc.string({ unit: fc.oneof(fc.constantFrom('a', 'b', '/', '\u{e9}', '\u{fffd}', '\u{e000}', '\u{10000}', '\u{1f600}'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), maxLength: 6 });
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
    { numRuns: 2000 },
  );
});
