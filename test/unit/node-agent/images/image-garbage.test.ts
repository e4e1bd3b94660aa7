import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ImageGarbage } from '#node-agent/images/image-garbage';

const MINUTE_MS = 60_000;

test('when the disk is short, what was pulled here and is longest unused goes, until there is room', async () => {
  let nowMs = 0;
  let diskUse = 0.5;
  const inUse = new Set(['old-in-use']);
  const removed: string[] = [];
  const runtime = {
    diskUse: async () => diskUse,
    removeImage: async (reference: string) => {
      if (inUse.has(reference)) return false;
      removed.push(reference);
      diskUse -= 0.05;
      return true;
    },
  };
  const options = { file: join(mkdtempSync(join(tmpdir(), 'images-')), 'pulled.json'), clock: { now: () => nowMs, sleep: async () => undefined }, runtime };
  const garbage = new ImageGarbage(options);
  await garbage.used('of-the-machine', { pulled: false });
  for (const reference of ['old-in-use', 'old', 'used-again', 'older', 'fresh']) {
    await garbage.used(reference, { pulled: true });
    nowMs += MINUTE_MS;
  }
  await garbage.used('used-again', { pulled: false });
  expect(await garbage.collect()).toEqual([]);

  diskUse = 0.86;
  nowMs += MINUTE_MS;
  expect(await garbage.collect()).toEqual(['old', 'older']);

  // Another agent remembers what there is left.
  diskUse = 1;
  nowMs += 60 * MINUTE_MS;
  expect((await new ImageGarbage(options).collect()).sort()).toEqual(['fresh', 'used-again']);
  expect(removed).not.toContain('of-the-machine');
});
