import { expect, test } from 'vitest';
import { backOffMs, createDueTimes } from '#controllers/runtime/due-times';

test('failures back off, doubled each time, for ever but never beyond five minutes', () => {
  expect([1, 2, 3, 10, 15, 1_000].map(backOffMs)).toEqual([20, 40, 80, 10_240, 300_000, 300_000]);
});

test('what failed is due later and later, until it succeeds', () => {
  const due = createDueTimes([]);
  expect(due.failed('a', 0)).toBe(1);
  expect(due.earliestMs()).toBe(20);
  expect(due.start(19)).toEqual([]);
  expect(due.start(20)).toEqual(['a']);
  // Started, and not given again while it runs.
  expect(due.start(1_000)).toEqual([]);
  expect(due.failed('a', 1_000)).toBe(2);
  expect(due.earliestMs()).toBe(1_040);
  due.succeeded('a', { done: true }, 2_000);
  expect(due.entries([])).toEqual([]);
});

test('what was not finished is remembered as due at once, with its failures', () => {
  const due = createDueTimes([['a', { attempts: 3, dueMs: 10 }]]);
  due.succeeded('b', { afterMs: 500 }, 0);
  due.start(10);
  expect(due.entries(['a', 'c'])).toEqual([
    ['b', { attempts: 0, dueMs: 500 }],
    ['a', { attempts: 3, dueMs: 0 }],
    ['c', { attempts: 0, dueMs: 0 }],
  ]);
});
