import { expect, test } from 'vitest';
import { alignedLines, columnsFor } from '#cli/render/columns';

test('three blanks behind the widest cell, nothing behind the last', () => {
  expect(alignedLines([['NAME', 'AGE'], ['kubernetes', '5d']])).toBe('NAME         AGE\nkubernetes   5d\n');
});

test('a column is never narrower than a short header with its gap', () => {
  expect(alignedLines([['A', 'B'], ['x', 'y']])).toBe('A     B\nx     y\n');
});

test('a later row that is wider widens those after it, and never narrows', () => {
  const columns = columnsFor([['NAME', 'AGE']]);
  expect(columns.line(['a', '1s'])).toBe('a      1s\n');
  expect(columns.line(['longer-name', '1s'])).toBe('longer-name   1s\n');
  expect(columns.line(['a', '2s'])).toBe('a             2s\n');
});
