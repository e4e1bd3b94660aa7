import { expect, test } from 'vitest';
import { partitionOf } from '#ports/table';
import type { Table } from '#ports/table';
import { benchOf, bytes, create, expectConflict, expectRefusal, only, refusal, text } from './subject.ts';

export function commitContract(table: () => Table): void {
  test('what was committed is read back, at the revision that was given', async () => {
    const { partition } = benchOf(table());
    const revision = only(await table().commit({ writes: [create(partition, 'a', 'one')] }));
    expect(revision).toBeGreaterThanOrEqual(2);
    const found = await table().read(partition, 'a');
    expect({ key: found?.key, revision: found?.revision, value: text(found?.value ?? null) }).toEqual({ key: 'a', revision, value: 'one' });
  });

  test('what never was reads as nothing, also in a partition that never was', async () => {
    const bench = benchOf(table());
    expect(await table().read(bench.partition, 'a')).toBeUndefined();
    await bench.put('b', 'one');
    expect(await table().read(bench.partition, 'a')).toBeUndefined();
  });

  test('an empty partition stands at 1, and its first write gets 2', async () => {
    const { partition } = benchOf(table());
    expect(await table().snapshot(partition, {})).toEqual({ items: [], revision: 1, remaining: 0 });
    expect(await table().changes(partition, 1, 10)).toEqual({ changes: [], revision: 1 });
    expect(await table().commit({ writes: [create(partition, 'a')] })).toEqual([2]);
  });

  test('revisions rise within a partition, and partitions do not share them', async () => {
    const bench = benchOf(table());
    const other = benchOf(table(), bench.cluster, 'others');
    const revisions = [await bench.put('a', '1'), await bench.put('b', '1'), await bench.put('a', '2')];
    expect([...revisions].sort((x, y) => x - y)).toEqual(revisions);
    expect(new Set(revisions).size).toBe(3);
    expect(await other.put('a', '1')).toBe(2);
  });

  test('revisions are given in the order of the writes', async () => {
    const { partition, cluster } = benchOf(table());
    const other = partitionOf(cluster, '', 'others');
    const [a, x, b] = await table().commit({ writes: [create(partition, 'b'), create(other, 'x'), create(partition, 'a')] });
    expect((await table().read(partition, 'b'))?.revision).toBe(a);
    expect((await table().read(other, 'x'))?.revision).toBe(x);
    expect((await table().read(partition, 'a'))?.revision).toBe(b);
    expect(a).toBeLessThan(b ?? 0);
  });

  test('a live object is not created again', async () => {
    const bench = benchOf(table());
    await bench.put('a', 'one');
    await expectConflict(table(), { writes: [create(bench.partition, 'a', 'two')] });
    expect(await bench.value('a')).toBe('one');
  });

  test('a stale expectation is refused, naming what stood in the way', async () => {
    const bench = benchOf(table());
    const stale = await bench.put('a', 'one');
    await bench.put('a', 'two');
    const error = await refusal(table().commit({ writes: [{ partition: bench.partition, key: 'a', expect: stale, value: bytes('three') }] }));
    expect([error.code, error.detail.subject]).toEqual(['Conflict', `${bench.partition} a`]);
    await expectConflict(table(), { writes: [{ partition: bench.partition, key: 'a', expect: stale, value: null }] });
    expect(await bench.value('a')).toBe('two');
  });

  test('what does not exist is neither changed nor deleted', async () => {
    const bench = benchOf(table());
    await bench.put('b', 'one');
    await expectConflict(table(), { writes: [{ partition: bench.partition, key: 'a', expect: 2, value: bytes('x') }] });
    await expectConflict(table(), { writes: [{ partition: bench.partition, key: 'a', expect: 2, value: null }] });
  });

  test('a deletion leaves a tombstone: what was read before it does not come back', async () => {
    const bench = benchOf(table());
    const live = await bench.put('a', 'one');
    const deleted = await bench.remove('a');
    expect(deleted).toBeGreaterThan(live);
    expect(await table().read(bench.partition, 'a')).toEqual({ key: 'a', revision: deleted, value: null });
    await expectConflict(table(), { writes: [{ partition: bench.partition, key: 'a', expect: live, value: bytes('ghost') }] });
    await expectConflict(table(), { writes: [create(bench.partition, 'a', 'ghost')] });
    const again = only(await table().commit({ writes: [{ partition: bench.partition, key: 'a', expect: deleted, value: bytes('new') }] }));
    expect(again).toBeGreaterThan(deleted);
    expect(await bench.value('a')).toBe('new');
  });

  test('a commit is all or nothing, over partitions and claims', async () => {
    const bench = benchOf(table());
    const other = benchOf(table(), bench.cluster, 'others');
    await other.put('taken', 'mine');
    const before = { one: await bench.head(), two: await other.head() };
    await expectConflict(table(), {
      writes: [create(bench.partition, 'a'), create(other.partition, 'taken', 'yours')],
      claims: [{ cluster: bench.cluster, key: 'ip/1', expect: null, value: bytes('a') }],
    });
    expect(await table().read(bench.partition, 'a')).toBeUndefined();
    expect(await other.value('taken')).toBe('mine');
    expect(await table().readClaim(bench.cluster, 'ip/1')).toBeUndefined();
    expect([await bench.tail(before.one), await other.tail(before.two)]).toEqual([[], []]);
  });

  test('a key that is written twice in one commit is refused', async () => {
    const { partition, cluster } = benchOf(table());
    await expectRefusal(table().commit({ writes: [create(partition, 'a'), create(partition, 'a')] }), 'Invalid');
    const claim = { cluster, key: 'ip/1', expect: null, value: bytes('a') };
    await expectRefusal(table().commit({ writes: [], claims: [claim, claim] }), 'Invalid');
  });

  test('the same key in two partitions is two objects', async () => {
    const bench = benchOf(table());
    const other = benchOf(table(), bench.cluster, 'others');
    await bench.put('a', 'here');
    await other.put('a', 'there');
    await bench.remove('a');
    expect(await other.value('a')).toBe('there');
  });
}

export function boundsContract(table: () => Table): void {
  test('100 actions are taken, 101 are not', async () => {
    const { partition, cluster } = benchOf(table());
    const writes = (n: number, name: string) => Array.from({ length: n }, (_, i) => create(partition, `${name}${i}`));
    const claims = (n: number, name: string) => Array.from({ length: n }, (_, i) => ({ cluster, key: `${name}/${i}`, expect: null, value: bytes('x') }));
    expect(await table().commit({ writes: writes(48, 'a'), claims: claims(4, 'a') })).toHaveLength(48);
    await expectRefusal(table().commit({ writes: writes(48, 'b'), claims: claims(5, 'b') }), 'TooLarge');
    await expectRefusal(table().commit({ writes: writes(51, 'c') }), 'TooLarge');
    expect((await table().snapshot(partition, {})).items).toHaveLength(48);
    expect(await table().claims(cluster, '')).toHaveLength(4);
  });

  test('index entries count when they appear or vanish, not when they stay', async () => {
    const { partition } = benchOf(table());
    const terms = (n: number, name: string) => Array.from({ length: n }, (_, i) => ({ index: 'owner', term: `${name}${i}` }));
    const first = only(await table().commit({ writes: [{ ...create(partition, 'a'), indexes: terms(98, 'x') }] }));
    await expectRefusal(table().commit({ writes: [{ ...create(partition, 'b'), indexes: terms(99, 'x') }] }), 'TooLarge');
    const second = only(await table().commit({ writes: [{ ...create(partition, 'a'), expect: first, indexes: terms(98, 'x') }] }));
    await expectRefusal(table().commit({ writes: [{ ...create(partition, 'a'), expect: second, indexes: terms(98, 'y') }] }), 'TooLarge');
    expect((await table().snapshot(partition, { index: { index: 'owner', term: 'x97' } })).items).toHaveLength(1);
  });

  test('values of any size up to an object of 1.5 MB come back whole, from item and log', async () => {
    const bench = benchOf(table());
    const sizes = [0, 1, 900, 4_096, 4_097, 66_000, 399_999, 410_000, 1_500_000];
    for (const size of sizes) await bench.put(`size-${size}`, noise(size));
    for (const size of sizes) expect(await bench.value(`size-${size}`), `${size} bytes`).toBe(noise(size));
    for (const { key, value } of await bench.tail(1, 4)) expect(text(value), key).toBe(noise(Number(key.slice(5))));
    expect((await table().snapshot(bench.partition, { prefix: 'size-15' })).items.map(({ value }) => value.byteLength)).toEqual([1_500_000]);
  });

  test('4 MB in one commit are taken, more is not', async () => {
    const { partition } = benchOf(table());
    const value = Buffer.from(noise(1_300_000));
    const writes = ['a', 'b', 'c'].map((key) => ({ partition, key, expect: 0, value }));
    await expectRefusal(table().commit({ writes: [...writes, { partition, key: 'd', expect: 0, value }] }), 'TooLarge');
    expect(await table().commit({ writes })).toHaveLength(3);
    expect((await table().snapshot(partition, {})).items.map((item) => item.value.byteLength)).toEqual([1_300_000, 1_300_000, 1_300_000]);
  });
}

// Text that does not compress to nothing.
function noise(size: number): string {
  let state = 7;
  return Array.from({ length: size }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return String.fromCharCode(33 + ((state >> 16) % 90));
  }).join('');
}
