import { expect, test } from 'vitest';
import type { Snapshot } from '#ports/table';
import { benchOf, expectRefusal, keys, texts } from './subject.ts';
import type { Bench, TableSubject } from './subject.ts';

const NODE_1 = { index: 'node', term: 'n1' };
const NODE_2 = { index: 'node', term: 'n2' };

export function snapshotContract(subject: () => TableSubject): void {
  const snapshot = (bench: Bench, query = {}): Promise<Snapshot> => subject().table.snapshot(bench.partition, query);

  test('a snapshot is what lives, in the order of the UTF-8 bytes of keys', async () => {
    const bench = benchOf(subject().table);
    const ordered = ['A', 'a', 'a-b', 'a/b', 'aa', 'b', 'é', '\u{fffd}', '\u{10000}', '\u{1f600}'];
    await bench.fill([...ordered].reverse());
    await bench.put('gone', 'x');
    await bench.remove('gone');
    const { items, remaining } = await snapshot(bench);
    expect(keys(items)).toEqual(ordered);
    expect(remaining).toBe(0);
  });

  test('its revision is the last that it contains, and each item carries its own', async () => {
    const bench = benchOf(subject().table);
    const first = await bench.put('a', 'one');
    const second = await bench.put('b', 'one');
    expect((await snapshot(bench)).revision).toBe(second);
    const deleted = await bench.remove('a');
    const after = await snapshot(bench);
    expect(after.revision).toBe(deleted);
    expect(after.items.map(({ key, revision }) => [key, revision])).toEqual([['b', second]]);
    expect(first).toBeLessThan(second);
  });

  test('a prefix is a namespace and nothing beside it', async () => {
    const bench = benchOf(subject().table);
    await bench.fill(['ns/a', 'ns/b', 'ns-2/a', 'ns.x/a', 'n/a', 'nt/a', 'ns/\u{1f600}']);
    const { items, remaining } = await snapshot(bench, { prefix: 'ns/', limit: 2 });
    expect([keys(items), remaining]).toEqual([['ns/a', 'ns/b'], 1]);
  });

  test('pages go on behind a key, and what remains is exact', async () => {
    const bench = benchOf(subject().table);
    const all = Array.from({ length: 25 }, (_, i) => `ns/${String(i).padStart(2, '0')}`);
    await bench.fill([...all, 'other/a']);
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const { items, remaining } = await snapshot(bench, { prefix: 'ns/', limit: 10, ...(after !== undefined && { after }) });
      seen.push(...keys(items));
      expect(remaining).toBe(all.length - seen.length);
      if (remaining === 0) break;
      after = seen.at(-1);
    }
    expect(seen).toEqual(all);
    expect(await snapshot(bench, { prefix: 'ns/', after: 'ns/99' })).toMatchObject({ items: [], remaining: 0 });
  });

  test('a page at an older revision does not see what came since', async () => {
    const bench = benchOf(subject().table);
    await bench.fill(['a', 'b', 'c', 'd', 'e']);
    const past = await snapshot(bench, { limit: 2 });
    await bench.put('c', 'changed');
    await bench.put('c', 'changed twice');
    await bench.remove('d');
    await bench.put('bb', 'new');
    await bench.remove('a');
    await bench.put('e', 'changed');
    await bench.remove('e');
    await bench.put('e', 'made again');
    const next = await snapshot(bench, { after: 'b', at: past.revision });
    expect(texts(next.items)).toEqual({ c: 'value of c', d: 'value of d', e: 'value of e' });
    expect([next.revision, next.remaining]).toEqual([past.revision, 0]);
    const page = await snapshot(bench, { after: 'b', limit: 1, at: past.revision });
    expect([keys(page.items), page.remaining]).toEqual([['c'], 2]);
  });

  test('the past is the past to the last detail, resource versions included', async () => {
    const bench = benchOf(subject().table);
    const history = [await snapshot(bench)];
    for (const [key, value] of [['a', '1'], ['b', '1'], ['a', '2'], ['a', null], ['b', '2'], ['a', '3'], ['b', null], ['c', '1']] as const) {
      await (value === null ? bench.remove(key) : bench.put(key, value));
      history.push(await snapshot(bench));
    }
    for (const past of history) {
      const found = await snapshot(bench, { at: past.revision });
      expect(found.items.map(plain), `at ${past.revision}`).toEqual(past.items.map(plain));
      expect(found.revision).toBe(past.revision);
    }
  });

  test('an index finds the objects of a term, and follows their changes', async () => {
    const bench = benchOf(subject().table);
    await bench.fill(['ns/a', 'ns/b', 'x/c', 'ns/d'], (key) => (key === 'ns/d' ? [] : [key === 'ns/b' ? NODE_2 : NODE_1]));
    expect(keys((await snapshot(bench, { index: NODE_1 })).items)).toEqual(['ns/a', 'x/c']);
    expect(keys((await snapshot(bench, { index: NODE_1, prefix: 'ns/' })).items)).toEqual(['ns/a']);
    const paged = await snapshot(bench, { index: NODE_1, limit: 1 });
    expect([keys(paged.items), paged.remaining]).toEqual([['ns/a'], 1]);
    expect(keys((await snapshot(bench, { index: NODE_1, limit: 1, after: 'ns/a' })).items)).toEqual(['x/c']);

    await bench.put('ns/a', 'moved', { indexes: [NODE_2] });
    await bench.remove('x/c');
    await bench.put('ns/d', 'bound', { indexes: [NODE_1, { index: 'owner', term: 'u1' }] });
    expect(texts((await snapshot(bench, { index: NODE_1 })).items)).toEqual({ 'ns/d': 'bound' });
    expect(texts((await snapshot(bench, { index: NODE_2 })).items)).toEqual({ 'ns/a': 'moved', 'ns/b': 'value of ns/b' });
    expect(keys((await snapshot(bench, { index: { index: 'owner', term: 'u1' } })).items)).toEqual(['ns/d']);
    expect((await snapshot(bench, { index: { index: 'owner', term: 'u' } })).items).toEqual([]);
    await bench.put('ns/d', 'let go');
    expect((await snapshot(bench, { index: NODE_1 })).items).toEqual([]);
  });

  test('an index looks into the past as well', async () => {
    const bench = benchOf(subject().table);
    await bench.fill(['a', 'b', 'c'], () => [NODE_1]);
    const past = await bench.head();
    await bench.put('a', 'moved', { indexes: [NODE_2] });
    await bench.remove('b');
    await bench.put('d', 'new', { indexes: [NODE_1] });
    const found = await snapshot(bench, { index: NODE_1, at: past });
    expect(texts(found.items)).toEqual({ a: 'value of a', b: 'value of b', c: 'value of c' });
    expect((await snapshot(bench, { index: NODE_2, at: past })).items).toEqual([]);
  });

  test('what the partition has not reached is refused as the future', async () => {
    const bench = benchOf(subject().table);
    await expectRefusal(snapshot(bench, { at: 2 }), 'FutureRevision');
    const head = await bench.put('a', 'one');
    await expectRefusal(snapshot(bench, { at: head + 1 }), 'FutureRevision');
    expect(keys((await snapshot(bench, { at: head })).items)).toEqual(['a']);
  });

  test('what the log no longer reaches is Expired, the head never is', async () => {
    const bench = benchOf(subject().table);
    const old = await bench.put('a', 'one');
    await bench.put('b', 'one');
    await subject().expireLog(bench.partition);
    const head = await bench.put('c', 'one');
    await expectRefusal(snapshot(bench, { at: old }), 'Expired');
    expect(keys((await snapshot(bench, { at: head })).items)).toEqual(['a', 'b', 'c']);
    expect(keys((await snapshot(bench)).items)).toEqual(['a', 'b', 'c']);
  });
}

function plain({ key, revision, value }: { key: string; revision: number; value: Uint8Array }): unknown[] {
  return [key, revision, new TextDecoder().decode(value)];
}
