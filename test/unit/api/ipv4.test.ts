import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressToNumber, hasLeadingZero, isIpv4, numberToAddress, overlap, parseRange, sizeOf } from '#api/ipv4';

const address = fc.nat({ max: 2 ** 32 - 1 });
const range = fc.record({ base: address, bits: fc.integer({ min: 0, max: 32 }) }).map(({ base, bits }) => parseRange(`${numberToAddress(base)}/${bits}`));

test('an address and its number say the same', () => {
  fc.assert(fc.property(address, (number) => addressToNumber(numberToAddress(number)) === number && isIpv4(numberToAddress(number))));
});

test.each(['1.2.3', '1.2.3.256', '1.2.3.4.5', '1.2.3.', 'a.b.c.d', '::1', ''])('%j is none', (text) => expect(isIpv4(text)).toBe(false));
test('leading zeros are seen', () => expect(['1.2.3.4', '0.0.0.0', '01.2.3.4', '1.2.3.00'].map(hasLeadingZero)).toEqual([false, false, true, true]));

test('a range holds the addresses that share its first bits', () => {
  expect(parseRange('10.1.2.3/24')).toEqual({ base: addressToNumber('10.1.2.0'), bits: 24 });
  for (const text of ['10.1.2.0', '10.1.2.0/33', '10.1.2.0/8/8', '10.1.2/24', '10.1.2.0/-1']) expect(() => parseRange(text), text).toThrow(text);
});

test('ranges overlap when one holds the first address of the other', () => {
  const holds = (a: typeof range extends fc.Arbitrary<infer R> ? R : never, base: number) => base >= a.base && base < a.base + sizeOf(a);
  fc.assert(fc.property(range, range, (a, b) => overlap(a, b) === (holds(a, b.base) || holds(b, a.base)) && overlap(a, b) === overlap(b, a)));
});
