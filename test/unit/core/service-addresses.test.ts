import { expect, test } from 'vitest';
import { addressRange } from '#core/service-addresses';

test('a /16 leaves its first 256 addresses to those who choose', () => {
  const range = addressRange('10.96.0.0/16');
  expect([range.size, range.firstDynamic, range.at(0), range.at(range.firstDynamic), range.at(range.size - 1)]).toEqual([65534, 256, '10.96.0.1', '10.96.1.1', '10.96.255.254']);
});

test.each([
  ['10.96.0.0', false],
  ['10.96.0.1', true],
  ['10.96.255.254', true],
  ['10.96.255.255', false],
  ['10.97.0.1', false],
  ['10.96.0.01', false],
  ['10.96.0', false],
  ['10.96.0.256', false],
])('%s in 10.96.0.0/16: %s', (address, inside) => {
  expect(addressRange('10.96.0.0/16').contains(address)).toBe(inside);
});

test('a small range still has something to choose from', () => {
  const range = addressRange('192.168.1.0/28');
  expect(range.size).toBe(14);
  expect(range.firstDynamic).toBeLessThan(range.size);
});
