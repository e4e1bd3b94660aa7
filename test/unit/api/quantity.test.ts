import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addQuantities, canonicalQuantity, compareQuantities, formatQuantity, milliValue, parseQuantity, subtractQuantities, wholeValue } from '#api/quantity';

describe('the form that the API server returns', () => {
  // What kube-apiserver 1.36.3 answered.
  test.each(
    Object.entries({
      '0.1': '100m', '1000m': '1', '1.5Gi': '1536Mi', '1024Mi': '1Gi', '1e3': '1e3', '12e2': '1200', '1E3': '1E3', '1E': '1E', '0.1Ki': '102400m', '1.5Ki': '1536', '2000000': '2M', '0Gi': '0', '00.50': '500m', '+1': '+1',
      '1.': '1.', '.': '0', '1.0001m': '1000100n', '0.5n': '1n', '1500u': '1500u', '10Ei': '9223372036854775807', '-0.5m': '-500u', ' 5': '5', '1e-10': '1e-9', '1e20': '100e18', '123456789012345678901234567890': '123456789012345678901234567890',
      '1.23456789012345678901': '1234567891n', '5e1': '50', '1048576Ki': '1Gi', '1234567Ki': '1234567Ki', '2e-1': '200e-3', Ki: '0', '1500.5Ki': '1536512', '1.500k': '1.500k', '0.001k': '1', '1000.000': '1k', '+1Gi': '+1Gi', '+1024Mi': '1Gi',
      '+1000Ki': '1000Ki', '+12345678901Mi': '12345678901Mi', '1.123456789': '1.123456789', '1.5000m': '1500u', '01': '01', '1e-12': '1e-9', '9223372036854775808': '9223372036854775808', '1000P': '1E', '1200k': '1200k', '+0': '0',
    }),
  )('%s is %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  test.each(['', '1Zi', '1..2', '1e3Ki', '0x10', 'true', '- 1', '{}'])('%j has no quantity form', (text) => {
    expect(() => parseQuantity(text)).toThrow("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  });

  test.each(['1i', '1e', '1K', '1mi', '--1', '1m1', '1e999999999'])('%j has no such suffix', (text) => {
    expect(() => parseQuantity(text)).toThrow("unable to parse quantity's suffix");
  });
});

const quantities = fc.record({ nanos: fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n }), format: fc.constantFrom('DecimalSI', 'BinarySI', 'DecimalExponent') });

test('what is written reads back as the same amount', () => {
  fc.assert(fc.property(quantities, (quantity) => void expect(parseQuantity(formatQuantity(quantity)).nanos).toBe(quantity.nanos)));
});

test('the canonical form is its own', () => {
  fc.assert(fc.property(quantities, (quantity) => void expect(canonicalQuantity(canonicalQuantity(formatQuantity(quantity)))).toBe(canonicalQuantity(formatQuantity(quantity)))));
});

test('sums keep the format of the first that is not zero', () => {
  expect(formatQuantity(addQuantities(parseQuantity('1Gi'), parseQuantity('512Mi')))).toBe('1536Mi');
  expect(formatQuantity(addQuantities(parseQuantity('0'), parseQuantity('1Gi')))).toBe('1Gi');
  expect(formatQuantity(subtractQuantities(parseQuantity('1'), parseQuantity('100m')))).toBe('900m');
  expect(compareQuantities(parseQuantity('1000m'), parseQuantity('1'))).toBe(0);
  expect(compareQuantities(parseQuantity('1G'), parseQuantity('1Gi'))).toBe(-1);
});

test('whole and milli values round away from zero', () => {
  expect([wholeValue(parseQuantity('1500m')), milliValue(parseQuantity('1u')), wholeValue(parseQuantity('-1500m')), milliValue(parseQuantity('2'))]).toEqual([2n, 1n, -2n, 2000n]);
});
