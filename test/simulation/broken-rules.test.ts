import { describe, expect, test } from 'vitest';
import { BROKEN_RULES, buildWithout } from './broken-rules.ts';
import { runOnDouble } from './home-double.ts';

// A checker that finds nothing proves nothing: each rule of the protocol is taken out of a copy of the adapter, and must be missed.
const MAX_SEEDS = 4000;

test('each of the rules 1 to 7 is broken in some way', () => {
  expect([...new Set(BROKEN_RULES.map(({ rule }) => rule))]).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

describe('the history checker finds out', () => {
  test.each(BROKEN_RULES)('when not: rule $rule, $without', { timeout: 120_000 }, async (broken) => {
    const makeTable = await buildWithout(broken);
    let fault: string | undefined;
    for (let seed = 1; seed <= MAX_SEEDS && fault === undefined; seed++) fault = await runOnDouble(seed, makeTable);
    expect(fault).toBeDefined();
  });
});
