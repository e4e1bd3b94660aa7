import { expect, test } from 'vitest';
import { runOnDynamoDbLocal } from './home-dynamodb.ts';

// The whole of it: npm run history -- --adapter dynamodb --seeds 2000
const SEEDS = 50;

test('on DynamoDB Local behind the wire, which tears commits and loses calls, every interleaving is one history', { timeout: 300_000 }, async () => {
  const faults: string[] = [];
  const happened = await runOnDynamoDbLocal(
    Array.from({ length: SEEDS }, (_, i) => i + 1),
    (found) => void faults.push(...found),
  );
  expect(faults.slice(0, 5)).toEqual([]);
  expect([...happened.keys()].sort()).toEqual(['error', 'late', 'throttle', 'timeout']);
});
