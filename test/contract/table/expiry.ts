import { expect, test } from 'vitest';
import { benchOf, bytes, expectConflict, freshCluster, keys, text } from './subject.ts';
import type { TableSubject } from './subject.ts';

export function expiryContract(subject: () => TableSubject): void {
  const inSeconds = (seconds: number): number => Math.ceil(subject().clock.now() / 1000) + seconds;

  test('what has expired is seen by no reader, and nothing is said about it', async () => {
    const bench = benchOf(subject().table);
    const { table, clock } = subject();
    const indexes = [{ index: 'owner', term: 'u1' }];
    const kept = await bench.put('kept', 'x', { indexes });
    await bench.put('event', 'x', { indexes, expiresAtSeconds: inSeconds(3600) });
    const head = await bench.head();
    expect(keys((await table.snapshot(bench.partition, {})).items)).toEqual(['event', 'kept']);
    expect((await bench.tail(1)).map(({ key }) => key)).toEqual(['kept', 'event']);

    clock.shift(3_601_000);
    expect((await table.read(bench.partition, 'event'))?.value ?? null).toBeNull();
    const { items, remaining, revision } = await table.snapshot(bench.partition, { limit: 1 });
    expect([items.map((item) => [item.key, item.revision]), remaining, revision]).toEqual([[['kept', kept]], 0, head]);
    expect(keys((await table.snapshot(bench.partition, { index: { index: 'owner', term: 'u1' } })).items)).toEqual(['kept']);
    expect((await bench.tail(1)).map(({ key }) => key)).toEqual(['kept']);
    expect(await table.changes(bench.partition, head, 10)).toEqual({ changes: [], revision: head });
  });

  test('what has expired can be made again, as something new', async () => {
    const bench = benchOf(subject().table);
    const old = await bench.put('event', 'old', { expiresAtSeconds: inSeconds(60) });
    subject().clock.shift(61_000);
    const head = await bench.head();
    const again = await bench.put('event', 'new', { expiresAtSeconds: inSeconds(60) });
    expect(again).toBeGreaterThan(old);
    const [change] = await bench.tail(head);
    expect([change?.revision, change?.previous, text(change?.value ?? null)]).toEqual([again, null, 'new']);
    await expectConflict(subject().table, { writes: [{ partition: bench.partition, key: 'event', expect: old, value: bytes('late') }] });
  });

  test('a later write may put expiry off, or take it away', async () => {
    const bench = benchOf(subject().table);
    await bench.put('later', 'x', { expiresAtSeconds: inSeconds(60) });
    await bench.put('never', 'x', { expiresAtSeconds: inSeconds(60) });
    await bench.put('later', 'y', { expiresAtSeconds: inSeconds(600) });
    await bench.put('never', 'y');
    subject().clock.shift(61_000);
    await bench.put('z', 'x'); // a commit gives an adapter that sweeps by itself the occasion
    expect([await bench.value('later'), await bench.value('never')]).toEqual(['y', 'y']);
    subject().clock.shift(600_000);
    await bench.put('z', 'y');
    expect([await bench.value('later'), await bench.value('never')]).toEqual([null, 'y']);
  });

  test('an expired claim is free', async () => {
    const { table, clock } = subject();
    const cluster = freshCluster();
    const claim = { cluster, key: 'lock/a', expect: null, value: bytes('x'), expiresAtSeconds: inSeconds(30) };
    await table.commit({ writes: [], claims: [claim] });
    const version = (await table.readClaim(cluster, 'lock/a'))?.version ?? '';
    await expectConflict(table, { writes: [], claims: [claim] });
    clock.shift(31_000);
    expect(await table.readClaim(cluster, 'lock/a')).toBeUndefined();
    expect(await table.claims(cluster, '')).toEqual([]);
    await expectConflict(table, { writes: [], claims: [{ ...claim, expect: version }] });
    await table.commit({ writes: [], claims: [{ ...claim, expiresAtSeconds: inSeconds(30) }] });
    expect((await table.readClaim(cluster, 'lock/a'))?.version).not.toBe(version);
  });
}
