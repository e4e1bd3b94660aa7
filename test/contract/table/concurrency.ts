import { expect, test } from 'vitest';
import { hasCode } from '#ports/errors';
import { compareKeys } from '#ports/key-order';
import type { Change, Partition, Revision, Snapshot, Table } from '#ports/table';
import { seededRandom } from '#test/support/ids';
import { benchOf, bytes, create, freshCluster, text } from './subject.ts';

const KEYS = ['a', 'b', 'c'];

export function concurrencyContract(table: () => Table): void {
  test('of many who create the same object at once one wins', async () => {
    const { partition } = benchOf(table());
    const attempts = Array.from({ length: 12 }, (_, i) => table().commit({ writes: [create(partition, 'a', String(i))] }));
    const outcomes = await Promise.allSettled(attempts);
    const won = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i] : []));
    expect(won).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(hasCode(outcome.reason, 'Conflict'), String(outcome.reason)).toBe(true);
    expect(text((await table().read(partition, 'a'))?.value ?? null)).toBe(String(won[0]));
  });

  test('counters that many raise at once lose nothing', async () => {
    const bench = benchOf(table());
    await bench.put('count', '0');
    const raise = async (): Promise<void> => {
      for (;;) {
        const read = await table().read(bench.partition, 'count');
        const next = bytes(String(Number(text(read?.value ?? null)) + 1));
        try {
          await table().commit({ writes: [{ partition: bench.partition, key: 'count', expect: read?.revision ?? 0, value: next }] });
          return;
        } catch (error) {
          if (!hasCode(error, 'Conflict')) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, raise));
    expect(await bench.value('count')).toBe('8');
    expect((await bench.tail(1)).map(({ value }) => text(value))).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
  });

  test('writers, watchers and readers at once agree on one history', async () => {
    for (let seed = 1; seed <= 5; seed++) await expectOneHistory(table(), seed);
  });

  test('a commit over two partitions is seen in both, or not yet', async () => {
    const bench = benchOf(table());
    const other = benchOf(table(), bench.cluster, 'others');
    let writing = true;
    const writer = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) await table().commit({ writes: [create(bench.partition, `k${i}`), create(other.partition, `k${i}`)] });
      writing = false;
    };
    const reader = async (): Promise<void> => {
      while (writing) {
        await turn();
        const first = await table().snapshot(bench.partition, {});
        const second = await table().snapshot(other.partition, {});
        expect(second.items.length).toBeGreaterThanOrEqual(first.items.length);
      }
    };
    await Promise.all([writer(), reader()]);
  });
}

/** Seeded writers, two watchers and a reader on three keys; then everything that anybody saw is held against the log. */
async function expectOneHistory(table: Table, seed: number): Promise<void> {
  const { partition } = benchOf(table, freshCluster());
  const acknowledged = new Map<Revision, string>();
  let writing = true;
  const snapshots: Snapshot[] = [];
  const writers = Promise.all([1, 2, 3, 4].map((n) => write(table, partition, { random: seededRandom(seed * 31 + n), name: `w${n}`, acknowledged })));
  const stop = writers.finally(() => {
    writing = false;
  });
  const read = async (): Promise<void> => {
    while (writing) {
      await turn();
      snapshots.push(await table.snapshot(partition, {}));
    }
  };
  const watch = async (limit: number): Promise<Change[]> => {
    const seen: Change[] = [];
    for (let after = 1, last = false; ; ) {
      await turn();
      const { changes, revision } = await table.changes(partition, after, limit);
      seen.push(...changes);
      after = revision;
      if (changes.length === 0 && last) return seen;
      last = !writing;
    }
  };
  const [, , one, two] = await Promise.all([stop, read(), watch(2), watch(50)]);

  const log = (await table.changes(partition, 1, 1000)).changes;
  expect(one).toEqual(log);
  expect(two).toEqual(log);
  expectChained(log);
  expect(new Map(log.map((change) => [change.revision, `${change.key}=${text(change.value)}`]))).toEqual(acknowledged);
  snapshots.push(await table.snapshot(partition, {}));
  for (const { items, revision } of snapshots) {
    expect(items.map((item) => [item.key, item.revision, text(item.value)])).toEqual(replay(log, revision));
  }
}

async function write(table: Table, partition: Partition, { random, name, acknowledged }: { random: () => number; name: string; acknowledged: Map<Revision, string> }): Promise<void> {
  for (let i = 0; i < 12; i++) {
    const key = KEYS[Math.floor(random() * KEYS.length)] ?? 'a';
    const current = await table.read(partition, key);
    const value = current?.value && random() < 0.4 ? null : bytes(`${name}.${i}`);
    try {
      const [revision = 0] = await table.commit({ writes: [{ partition, key, expect: current?.revision ?? 0, value }] });
      acknowledged.set(revision, `${key}=${text(value)}`);
    } catch (error) {
      if (!hasCode(error, 'Conflict')) throw error;
    }
  }
}

// An adapter may answer reads within the turn in which it is asked: a loop of them alone would keep all writers waiting.
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

// What the log says about a moment.
function replay(log: readonly Change[], revision: Revision): unknown[][] {
  const last = new Map(log.filter((change) => change.revision <= revision).map((change) => [change.key, change]));
  const live = [...last.values()].filter(({ value }) => value !== null).sort((a, b) => compareKeys(a.key, b.key));
  return live.map((change) => [change.key, change.revision, text(change.value)]);
}

// Revisions only rise, and each change replaced exactly what the one before it on the same key left.
function expectChained(log: readonly Change[]): void {
  const last = new Map<string, Change>();
  let head = 1;
  for (const change of log) {
    expect(change.revision).toBeGreaterThan(head);
    head = change.revision;
    const before = last.get(change.key);
    expect([text(change.previous), change.previousRevision]).toEqual([text(before?.value ?? null), before?.value ? before.revision : 0]);
    last.set(change.key, change);
  }
}
