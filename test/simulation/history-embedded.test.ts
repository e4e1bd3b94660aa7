import { expect, test } from 'vitest';
import { runOnEmbedded } from './home-embedded.ts';

// The whole of it: npm run history -- --adapter embedded --seeds 100000
const SEEDS = 10_000;

test('on the embedded adapter, every interleaving is one history', { timeout: 300_000 }, async () => {
  const faults: string[] = [];
  await runOnEmbedded(
    Array.from({ length: SEEDS }, (_, i) => i + 1),
    (found) => void faults.push(...found),
  );
  expect(faults.slice(0, 5)).toEqual([]);
});
