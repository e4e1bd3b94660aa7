import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MODEL = join(import.meta.dirname, 'store-protocol-model.mjs');

test('the model of the protocol holds', () => {
  expect(run('3000').status).toBe(0);
});

test.each(['no-tombstone', 'no-verify', 'no-resolve', 'no-void-check', 'no-marks', 'no-give-up', 'no-restart'])('and does not hold with %s', (rule) => {
  expect(run('3000', rule).status).toBe(1);
});

function run(...options: string[]): { status: number | null } {
  return spawnSync(process.execPath, [MODEL, ...options]);
}
