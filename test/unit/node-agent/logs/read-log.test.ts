import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLog, type LogOptions } from '#node-agent/logs/read-log';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-'));
  path = join(folder, 'c-json.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = (log: string, second = 0, stream = 'stdout'): string => `${JSON.stringify({ log, stream, time: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000001Z` })}\n`;
const lines = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => record(`line ${from + i}\n`, (from + i) % 60)).join('');

async function text(options: Partial<LogOptions> = {}): Promise<string> {
  let all = '';
  for await (const chunk of readLog({ path, isRunning: async () => false }, { follow: false, timestamps: false, ...options }, new AbortController().signal)) all += Buffer.from(chunk).toString();
  return all;
}

test('rotated files are read in order, the eldest first', async () => {
  await writeFile(`${path}.2`, lines(0, 3));
  await writeFile(`${path}.1`, lines(3, 5));
  await writeFile(path, lines(5, 6));
  expect(await text()).toBe('line 0\nline 1\nline 2\nline 3\nline 4\nline 5\n');
});

test('a tail reaches back over a rotation, and over chunks', async () => {
  await writeFile(`${path}.1`, lines(0, 5_000));
  await writeFile(path, lines(5_000, 5_002));
  expect(await text({ tailLines: 4 })).toBe('line 4998\nline 4999\nline 5000\nline 5001\n');
  expect(await text({ tailLines: 1 })).toBe('line 5001\n');
  expect(await text({ tailLines: 0 })).toBe('');
  expect((await text({ tailLines: 4_000 })).split('\n')).toHaveLength(4_001);
  expect((await text({ tailLines: 9_000 })).split('\n')).toHaveLength(5_003);
});

test('a long line in several records counts once in a tail, and has one timestamp', async () => {
  await writeFile(path, record('first\n') + record('a'.repeat(10)) + record('b\n') + record('last\n'));
  expect(await text({ tailLines: 2 })).toBe('aaaaaaaaaab\nlast\n');
  expect(await text({ timestamps: true, tailLines: 2 })).toBe('2026-01-01T00:00:00.000000001Z aaaaaaaaaab\n2026-01-01T00:00:00.000000001Z last\n');
});

test('since, stream and byte limits', async () => {
  await writeFile(path, record('old\n', 1) + record('err\n', 2, 'stderr') + record('new\n', 3));
  expect(await text({ sinceMs: Date.parse('2026-01-01T00:00:02Z') })).toBe('err\nnew\n');
  expect(await text({ stream: 'stderr' })).toBe('err\n');
  expect(await text({ limitBytes: 6 })).toBe('old\ner');
});

test('a follower loses and doubles nothing over rotations, and ends with the container', async () => {
  await writeFile(path, lines(0, 100));
  let running = true;
  let seen = '';
  const follower = (async () => {
    for await (const chunk of readLog({ path, isRunning: async () => running }, { follow: true, timestamps: false }, new AbortController().signal)) seen += Buffer.from(chunk).toString();
  })();
  for (let round = 1; round < 20; round++) {
    await appendFile(path, lines(round * 100, round * 100 + 50));
    await rename(`${path}.1`, `${path}.2`).catch(() => undefined);
    await rename(path, `${path}.1`);
    await writeFile(path, lines(round * 100 + 50, round * 100 + 100));
    if (round % 3 === 0) await expect.poll(() => seen.split('\n').length, { interval: 5, timeout: 10_000 }).toBe(round * 100 + 101);
  }
  running = false;
  await follower;
  expect(seen).toBe(Array.from({ length: 2_000 }, (_, i) => `line ${i}\n`).join(''));
});
