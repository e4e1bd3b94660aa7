import { expect, test } from 'vitest';
import type { Table } from '#ports/table';
import { benchOf, bytes, keys } from './subject.ts';

export function purgeContract(table: () => Table): void {
  test('a purge removes all of one cluster and nothing of another', async () => {
    const bench = benchOf(table());
    const others = benchOf(table(), bench.cluster, 'others');
    // A name that begins with the other's is the likeliest victim.
    const neighbour = benchOf(table(), `${bench.cluster}0`);
    for (const one of [bench, others, neighbour]) {
      await one.fill(['a', 'b', 'c'], () => [{ index: 'node', term: 'n1' }]);
      await one.remove('b');
      await table().commit({ writes: [], claims: [{ cluster: one.cluster, key: 'ip/1', value: bytes('x') }] });
    }
    let steps = 0;
    while (!(await table().purge(bench.cluster))) expect(steps++).toBeLessThan(100);

    for (const one of [bench, others]) {
      expect((await table().snapshot(one.partition, {})).items).toEqual([]);
      expect((await table().snapshot(one.partition, { index: { index: 'node', term: 'n1' } })).items).toEqual([]);
      expect(await table().read(one.partition, 'a')).toBeUndefined();
    }
    expect(await table().claims(bench.cluster, '')).toEqual([]);
    expect(await table().purge(bench.cluster)).toBe(true);
    expect(keys((await table().snapshot(neighbour.partition, { index: { index: 'node', term: 'n1' } })).items)).toEqual(['a', 'c']);
    expect((await neighbour.tail(1)).map(({ key }) => key)).toEqual(['a', 'b', 'c', 'b']);
    expect(await table().claims(neighbour.cluster, '')).toHaveLength(1);
  });
}
