import { expect, test } from 'vitest';
import { createDynamoTable } from '#adapters/dynamodb/table';
import { runOnDouble } from './home-double.ts';

// The whole of it: npm run history -- --adapter double --seeds 100000
const SEEDS = 10_000;

test('over the double of DynamoDB, every interleaving is one history', { timeout: 300_000 }, async () => {
  const faults: string[] = [];
  for (let seed = 1; seed <= SEEDS && faults.length < 5; seed++) {
    const fault = await runOnDouble(seed);
    if (fault !== undefined) faults.push(fault);
  }
  expect(faults).toEqual([]);
});

test('a seed gives the same run again, call by call', async () => {
  const [first, second] = [await callsOf(4242), await callsOf(4242)];
  expect(first.length).toBeGreaterThan(50);
  expect(second).toEqual(first);
});

async function callsOf(seed: number): Promise<string[]> {
  const calls: string[] = [];
  await runOnDouble(seed, (options) => {
    const send = (command: { input: unknown }): unknown => {
      calls.push(`${options.clock.now()} ${JSON.stringify(command.input)}`);
      return options.client.send(command as never);
    };
    return createDynamoTable({ ...options, client: { send } as typeof options.client });
  });
  return calls;
}
