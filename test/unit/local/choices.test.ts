import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const CHOOSER = join(import.meta.dirname, '../../support/programs/chooser.ts');

async function choiceOf(chooser: ChildProcess): Promise<Record<string, unknown>> {
  const [line] = (await once(chooser.stdout!, 'data')) as [Buffer];
  return JSON.parse(line.toString()) as Record<string, unknown>;
}

test('of many that choose at once, before any of them listens, none has a port or an address range of another', async () => {
  const choosers = Array.from({ length: 4 }, () => spawn(process.execPath, ['--import', 'tsx', CHOOSER], { stdio: ['pipe', 'pipe', 'inherit'] }));
  try {
    const choices = await Promise.all(choosers.map(choiceOf));
    for (const what of ['port', 'podCidr', 'serviceCidr', 'loadBalancerCidr']) expect(new Set(choices.map((choice) => choice[what])).size, what).toBe(choosers.length);
  } finally {
    for (const chooser of choosers) chooser.stdin?.end();
  }
});
