import { expect, test } from 'vitest';
import { createPatience } from '#adapters/dynamodb/patience';

test('each void makes the next wait longer, up to 5 s, and each hole that fills makes it shorter again', () => {
  const patience = createPatience();
  expect(patience.waitMs('p')).toBe(250);
  patience.voided('p');
  expect(patience.waitMs('p')).toBe(375);
  for (let i = 0; i < 20; i++) patience.voided('p');
  expect(patience.waitMs('p')).toBe(5000);
  for (let i = 0; i < 20; i++) patience.filled('p');
  expect(patience.waitMs('p')).toBe(250);
});

test('partitions do not share their patience', () => {
  const patience = createPatience();
  patience.voided('p');
  expect(patience.waitMs('q')).toBe(250);
});
