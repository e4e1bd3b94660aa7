import { expect, test } from 'vitest';
import { runOnDynamoDbLocal } from './home-dynamodb.ts';

// The whole of it: npm run history -- --adapter dynamodb --seeds 1000
const SEEDS = 100;

test('on DynamoDB Local, every interleaving is one history', { timeout: 300_000 }, async () => {
  const faults: string[] = [];
  await runOnDynamoDbLocal(
    Array.from({ length: SEEDS }, (_, i) => i + 1),
    (found) => void faults.push(...found),
  );
  expect(faults.slice(0, 5)).toEqual([]);
});
