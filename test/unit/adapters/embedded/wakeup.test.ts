import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbeddedTable } from '#adapters/embedded/open';
import type { EmbeddedTable } from '#adapters/embedded/open';
import { partitionOf } from '#ports/table';
import { manualClock } from '#test/support/clock';
import type { ManualClock } from '#test/support/clock';
import { volatileFolder } from '#test/support/folder';

const PARTITION = partitionOf('c1', '', 'pods');
let folder: ReturnType<typeof volatileFolder>;
let clock: ManualClock;
let embedded: EmbeddedTable;

beforeEach(() => {
  folder = volatileFolder('wakeup');
  clock = manualClock();
  embedded = openEmbeddedTable({ folder: folder.path, clock });
});
afterEach(async () => {
  await embedded.close();
  folder.remove();
});

const write = (partition: string, key: string) => embedded.table.commit({ writes: [{ partition, key, expect: 0, value: new Uint8Array([1]) }] });

test('a commit wakes who waits for its partition, and nobody else', async () => {
  const woken: string[] = [];
  const other = new AbortController();
  const mine = embedded.wakeup.wait(PARTITION, 1, { timeoutMs: 60_000 }).then(() => woken.push('mine'));
  const others = embedded.wakeup.wait('c1/nodes.', 1, { timeoutMs: 60_000, signal: other.signal }).then(() => woken.push('other'));
  await write(PARTITION, 'a');
  await mine;
  expect(woken).toEqual(['mine']);
  other.abort();
  await others;
  expect(clock.sleeping).toBe(0);
});

test('a burnt revision wakes as well', async () => {
  const waiting = embedded.wakeup.wait(PARTITION, 1, { timeoutMs: 60_000 });
  await embedded.table.bump(PARTITION);
  await waiting;
});

test('what has moved already is not waited for', async () => {
  await write(PARTITION, 'a');
  await embedded.wakeup.wait(PARTITION, 1, { timeoutMs: 60_000 });
  expect(clock.sleeping).toBe(0);
});

test('waiting ends with its time', async () => {
  const waiting = embedded.wakeup.wait(PARTITION, 1, { timeoutMs: 1000 });
  await clock.advance(1000);
  await waiting;
});

test('a closed table refuses, instead of reading memory that is gone', async () => {
  const writing = write(PARTITION, 'a');
  await embedded.close();
  expect(await writing).toEqual([2]);
  await expect(embedded.table.read(PARTITION, 'a')).rejects.toMatchObject({ code: 'Unavailable' });
  await expect(write(PARTITION, 'b')).rejects.toMatchObject({ code: 'Unavailable' });
  embedded = openEmbeddedTable({ folder: folder.path, clock });
  expect((await embedded.table.read(PARTITION, 'a'))?.revision).toBe(2);
});
