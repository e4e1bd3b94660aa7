import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatIndexes, parseIndexes } from '#core/job/indexes';

test.each<[number[], string]>([
  [[], ''],
  [[0], '0'],
  [[0, 1], '0,1'],
  [[0, 1, 2, 5, 7, 8, 9, 10], '0-2,5,7-10'],
])('%j is %s', (indexes, text) => {
  expect(formatIndexes(indexes)).toBe(text);
});

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60)), (indexes) => {
      expect([...parseIndexes(formatIndexes(indexes))].sort()).toEqual([...indexes].sort());
    }),
  );
});

test('beyond the number of completions there is nothing', () => {
  expect([...parseIndexes('0-5', 3)]).toEqual([0, 1, 2]);
});
