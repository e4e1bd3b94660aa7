import { expect, test } from 'vitest';
import type { Change } from '#ports/table';
import { benchOf, bytes, create, expectRefusal, text } from './subject.ts';
import type { TableSubject } from './subject.ts';

export function changesContract(subject: () => TableSubject): void {
  test('the log tells every change once, in order, with what it replaced', async () => {
    const bench = benchOf(subject().table);
    const r1 = await bench.put('a', 'one');
    const r2 = await bench.put('b', 'one');
    const r3 = await bench.put('a', 'two');
    const r4 = await bench.remove('a');
    const r5 = await bench.put('a', 'three');
    expect((await bench.tail(1)).map(plain)).toEqual([
      [r1, 'a', 'one', null, 0],
      [r2, 'b', 'one', null, 0],
      [r3, 'a', 'two', 'one', r1],
      [r4, 'a', null, 'two', r3],
      [r5, 'a', 'three', null, 0],
    ]);
    expect((await bench.tail(r3)).map(({ revision }) => revision)).toEqual([r4, r5]);
  });

  test('at the head there is nothing new, and beyond it neither', async () => {
    const bench = benchOf(subject().table);
    const head = await bench.put('a', 'one');
    expect(await subject().table.changes(bench.partition, head, 10)).toEqual({ changes: [], revision: head });
    expect(await subject().table.changes(bench.partition, head + 7, 10)).toEqual({ changes: [], revision: head + 7 });
  });

  test('pages by a limit join without gap or double', async () => {
    const bench = benchOf(subject().table);
    const { table } = subject();
    const all = Array.from({ length: 23 }, (_, i) => `k${i}`);
    await bench.fill(all);
    for (const limit of [1, 7, 23, 24]) expect((await bench.tail(1, limit)).map(({ key }) => key), `limit ${limit}`).toEqual(all);
    const page = await table.changes(bench.partition, 1, 5);
    expect(page.changes).toHaveLength(5);
    expect(page.revision).toBe(page.changes[4]?.revision);
    expect((await table.changes(bench.partition, 1, 100)).revision).toBe(await bench.head());
  });

  test('a reader that is up to date asks after the revision that it was given, also over holes', async () => {
    const bench = benchOf(subject().table);
    const { table } = subject();
    await bench.put('a', 'one');
    const burnt = await table.bump(bench.partition);
    const { changes, revision } = await table.changes(bench.partition, 1, 10);
    expect([changes.length, revision]).toEqual([1, burnt]);
    const next = await bench.put('b', 'one');
    expect((await table.changes(bench.partition, revision, 10)).changes.map(plain)).toEqual([[next, 'b', 'one', null, 0]]);
  });

  test('a refused commit leaves no trace in the log', async () => {
    const bench = benchOf(subject().table);
    const { table } = subject();
    await bench.put('a', 'one');
    await expectRefusal(table.commit({ writes: [create(bench.partition, 'new'), create(bench.partition, 'a')] }), 'Conflict');
    await bench.put('b', 'one');
    expect((await bench.tail(1)).map(({ key }) => key)).toEqual(['a', 'b']);
  });

  test('each partition of a commit tells its own part, and who wrote', async () => {
    const bench = benchOf(subject().table);
    const other = benchOf(subject().table, bench.cluster, 'others');
    await subject().table.commit({ writes: [create(bench.partition, 'a'), create(other.partition, 'x')], by: 'loop' });
    await bench.put('b', 'one');
    expect((await bench.tail(1)).map(({ key, by }) => [key, by])).toEqual([['a', 'loop'], ['b', undefined]]);
    expect((await other.tail(1)).map(({ key, by }) => [key, by])).toEqual([['x', 'loop']]);
  });

  test('a bump burns a revision: a later snapshot differs, and nothing else happens', async () => {
    const bench = benchOf(subject().table);
    const { table } = subject();
    expect(await table.bump(bench.partition)).toBe(2);
    const written = await bench.put('a', 'one');
    expect(written).toBeGreaterThan(2);
    const burnt = await table.bump(bench.partition);
    expect(burnt).toBeGreaterThan(written);
    const { items, revision } = await table.snapshot(bench.partition, {});
    expect([items.map((item) => [item.key, item.revision]), revision]).toEqual([[['a', written]], burnt]);
    expect(await bench.tail(written)).toEqual([]);
    expect(await bench.put('b', 'one')).toBeGreaterThan(burnt);
  });

  test('history that is gone is Expired, and the head never is', async () => {
    const bench = benchOf(subject().table);
    const { table } = subject();
    await bench.put('a', 'one');
    const second = await bench.put('a', 'two');
    await subject().expireLog(bench.partition);
    const head = await bench.head();
    await expectRefusal(table.changes(bench.partition, 1, 10), 'Expired');
    await expectRefusal(table.changes(bench.partition, second - 1, 10), 'Expired');
    expect(await table.changes(bench.partition, head, 10)).toEqual({ changes: [], revision: head });
    const next = await bench.put('a', 'three');
    expect((await bench.tail(head)).map(plain)).toEqual([[next, 'a', 'three', 'two', second]]);
    await expectRefusal(table.changes(bench.partition, 1, 10), 'Expired');
  });

  test('the log keeps two days, and a day at least of tombstones', async () => {
    const bench = benchOf(subject().table);
    const { table } = subject();
    await bench.put('a', 'one');
    const deleted = await bench.remove('a');
    subject().clock.shift(23 * 3_600_000);
    expect((await table.read(bench.partition, 'a'))?.revision).toBe(deleted);
    subject().clock.shift(24 * 3_600_000);
    await bench.put('b', 'one');
    expect((await bench.tail(1)).map(({ key }) => key)).toEqual(['a', 'a', 'b']);
    // With or without its tombstone, what was deleted can be made again.
    await table.commit({ writes: [{ partition: bench.partition, key: 'a', expect: (await table.read(bench.partition, 'a'))?.revision ?? 0, value: bytes('again') }] });
    expect(await bench.value('a')).toBe('again');
  });
}

function plain({ revision, key, value, previous, previousRevision }: Change): unknown[] {
  return [revision, key, text(value), text(previous), previousRevision];
}
