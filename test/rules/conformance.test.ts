import { expect, test } from 'vitest';
import { UNEXPLAINED, readKnown } from '#test/conformance/known';

// The lists of the official suite are a promise: what passes stays passing (`npm run conformance` fails otherwise), and each test left has its reason.
const known = readKnown();

test('at least 220 tests of the official suite pass', () => {
  expect(known.passing.length).toBeGreaterThanOrEqual(220);
  expect(known.passing).toEqual([...new Set(known.passing)].sort());
});

test('each test that does not pass has one line of reason', () => {
  for (const [name, reason] of Object.entries(known.failing)) {
    expect(known.passing, name).not.toContain(name);
    expect(reason, name).toMatch(/^\S[^\n]{10,}$/);
    expect(reason.startsWith(UNEXPLAINED), name).toBe(false);
  }
});
