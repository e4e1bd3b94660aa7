import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#client/clock';
import { openEmbeddedTable } from '#adapters/embedded/open';
import { partitionOf } from '#ports/table';
import type { Change } from '#ports/table';
import { temporaryFolder } from '#test/support/folder';
import { seededRandom } from '#test/support/ids';

const PROGRAM = resolve(import.meta.dirname, '../../../support/programs/table-writer.ts');
const PARTITION = partitionOf('c1', '', 'configmaps');
const WRITES = 500;

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder('durability');
});
afterEach(() => folder.remove());

test('kill -9 during 500 writes loses nothing that was acknowledged, at whatever moment it comes', async () => {
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const owners = new Map<number, string>();
  let head = 1;
  for (let round = 0; round < 5; round++) {
    const killAfter = Math.floor(random() * WRITES);
    const said = await writeUntilKilled({ prefix: `r${round}`, killAfter });
    expect(said.wrote.size, `seed ${seed}: ${killAfter} writes were to be acknowledged before the kill`).toBeGreaterThanOrEqual(killAfter);
    const log = await readLog();
    const logged = new Map(log.map((change) => [change.revision, change.key]));
    for (const [revision, name] of said.wrote) expect(logged.get(revision), `seed ${seed}: acknowledged at ${revision}`).toBe(`ns/${name}`);
    // A revision that was given out once, acknowledged or not, names the same write for ever.
    for (const [revision, key] of owners) expect(logged.get(revision), `seed ${seed}: revision ${revision}`).toBe(key);
    for (const [revision, key] of logged) owners.set(revision, key);
    // The watcher of the killed process goes on after the last that it saw.
    const seen = [...said.saw.keys()];
    const resumed = log.filter(({ revision }) => revision > (seen.at(-1) ?? head)).map(({ revision }) => revision);
    expect([...seen, ...resumed], `seed ${seed}`).toEqual(log.filter(({ revision }) => revision > head).map(({ revision }) => revision));
    head = log.at(-1)?.revision ?? head;
  }
  await expectWhole();
});

test('against a power cut: what a write has touched is on disk before it is acknowledged', () => {
  const trace = join(folder.path, 'trace');
  const calls = 'trace=openat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,msync,sync_file_range';
  const command = ['-f', '-y', '-e', calls, '-o', trace, process.execPath, '--import', 'tsx', PROGRAM, join(folder.path, 'data'), '25', '1'];
  const { error, stdout, stderr } = spawnSync('strace', command, { encoding: 'utf8', timeout: 60_000 });
  if (error && 'code' in error && error.code === 'ENOENT') throw new Error('this test needs strace: apt-get install -y strace');
  expect(stdout, stderr).toContain('done');
  const acknowledgements = judgeTrace(readFileSync(trace, 'utf8').split('\n'));
  expect(acknowledgements).toEqual(Array.from({ length: 25 }, () => 'flushed'));
});

interface Said {
  /** By revision. */
  wrote: Map<number, string>;
  saw: Map<number, string>;
}

async function writeUntilKilled({ prefix, killAfter }: { prefix: string; killAfter: number }): Promise<Said> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, folder.path, String(WRITES), '8', prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: Said = { wrote: new Map(), saw: new Map() };
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, name = '', revision] = line.split(' ');
    // A pipe takes a short line whole or not at all: the kill cuts none in two.
    if (what === 'wrote' && name) said.wrote.set(Number(revision), name);
    if (what === 'saw' && name) said.saw.set(Number(revision), name);
    if (what === 'open' ? killAfter === 0 : said.wrote.size === killAfter) child.kill('SIGKILL');
  }
  return said;
}

async function readLog(): Promise<Change[]> {
  const { table, ...embedded } = openEmbeddedTable({ folder: folder.path, clock: systemClock });
  try {
    return (await table.changes(PARTITION, 1, 100_000)).changes;
  } finally {
    await embedded.close();
  }
}

// Items and log were written together, or not at all.
async function expectWhole(): Promise<void> {
  const { table, ...embedded } = openEmbeddedTable({ folder: folder.path, clock: systemClock });
  const { items } = await table.snapshot(PARTITION, {});
  const { changes } = await table.changes(PARTITION, 1, 100_000);
  expect(new Map(items.map(({ key, revision }) => [key, revision]))).toEqual(new Map(changes.map(({ key, revision }) => [key, revision])));
  await embedded.close();
}

interface SystemCall {
  name: string;
  fd: string;
  path: string;
  text: string;
  returned: boolean;
}

/** What had become of a write's pages and of the page that makes them valid when it was acknowledged. */
function judgeTrace(lines: string[]): string[] {
  const calls = readTrace(lines);
  // LMDB writes the page that makes a commit valid through a descriptor whose every write is a flush.
  const synchronous = new Set(calls.flatMap(({ name, text }) => (name === 'openat' ? (/data\.mdb", .*O_DSYNC.* = (\d+)</.exec(text)?.[1] ?? []) : [])));
  const verdicts: string[] = [];
  let state: 'nothing written' | 'written, not flushed' | 'flushed, not valid' | 'flushed' = 'nothing written';
  for (const { name, fd, path, text, returned } of calls) {
    if (path.endsWith('data.mdb')) {
      if (/sync$/.test(name) && returned && text.endsWith('= 0') && state === 'written, not flushed') state = 'flushed, not valid';
      else if (/write/.test(name) && !synchronous.has(fd)) state = 'written, not flushed';
      else if (/write/.test(name) && returned && state === 'flushed, not valid') state = 'flushed';
    }
    if (name === 'write' && fd === '1' && text.includes('"wrote ')) {
      verdicts.push(state);
      state = 'nothing written';
    }
  }
  return verdicts;
}

// In the order of the trace; a call that another thread interrupts is there twice, when it begins and when it returns.
function readTrace(lines: string[]): SystemCall[] {
  const begun = new Map<string, string>();
  return lines.flatMap((line) => {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const returned = !rest.endsWith('<unfinished ...>');
    if (!returned) begun.set(thread, rest);
    const text = rest.startsWith('<... ') ? `${begun.get(thread) ?? ''} ${rest}` : rest;
    const [, name = '', first = ''] = /^(\w+)\(([^,)]*)/.exec(text) ?? [];
    const [, fd = '', path = ''] = /^(\d+)<(.*)>$/.exec(first) ?? [];
    return name ? [{ name, fd, path, text, returned }] : [];
  });
}
