import { expect, test } from 'vitest';
import type { ClaimWrite, Table } from '#ports/table';
import { benchOf, bytes, create, expectConflict, freshCluster, refusal, text } from './subject.ts';

export function claimsContract(table: () => Table): void {
  const claim = (write: ClaimWrite): Promise<unknown> => table().commit({ writes: [], claims: [write] });

  test('a claim is taken once', async () => {
    const cluster = freshCluster();
    await claim({ cluster, key: 'ip/10.0.0.1', expect: null, value: bytes('svc a') });
    const error = await refusal(claim({ cluster, key: 'ip/10.0.0.1', expect: null, value: bytes('svc b') }));
    expect([error.code, error.detail.subject]).toEqual(['Conflict', 'claim ip/10.0.0.1']);
    expect(text((await table().readClaim(cluster, 'ip/10.0.0.1'))?.value ?? null)).toBe('svc a');
    expect(await table().readClaim(freshCluster(), 'ip/10.0.0.1')).toBeUndefined();
  });

  test('a change names the version that was read; versions never come again', async () => {
    const cluster = freshCluster();
    const key = 'node/n1';
    const versions: string[] = [];
    const version = async (): Promise<string> => (await table().readClaim(cluster, key))?.version ?? 'none';
    await claim({ cluster, key, expect: null, value: bytes('same') });
    versions.push(await version());
    await claim({ cluster, key, expect: await version(), value: bytes('other') });
    versions.push(await version());
    await expectConflict(table(), { writes: [], claims: [{ cluster, key, expect: versions[0] ?? '', value: bytes('late') }] });
    await claim({ cluster, key, expect: await version(), value: null });
    expect(await table().readClaim(cluster, key)).toBeUndefined();
    await claim({ cluster, key, expect: null, value: bytes('same') });
    versions.push(await version());
    expect(new Set(versions).size).toBe(3);
    for (const old of versions.slice(0, 2)) await expectConflict(table(), { writes: [], claims: [{ cluster, key, expect: old, value: null }] });
    expect(await version()).toBe(versions[2]);
  });

  test('without an expectation a claim is written over whatever is there', async () => {
    const cluster = freshCluster();
    for (const beat of ['1', '2', '3']) await claim({ cluster, key: 'heartbeat/n1', value: bytes(beat) });
    expect(text((await table().readClaim(cluster, 'heartbeat/n1'))?.value ?? null)).toBe('3');
    await claim({ cluster, key: 'heartbeat/n1', value: null });
    await claim({ cluster, key: 'heartbeat/n1', value: null });
    expect(await table().readClaim(cluster, 'heartbeat/n1')).toBeUndefined();
  });

  test('a lost claim takes the whole commit with it, and a won one lands with it', async () => {
    const bench = benchOf(table());
    const { cluster, partition } = bench;
    await table().commit({ writes: [create(partition, 'a')], claims: [{ cluster, key: 'port/1', expect: null, value: bytes('a') }] });
    await expectConflict(table(), { writes: [create(partition, 'b')], claims: [{ cluster, key: 'port/1', expect: null, value: bytes('b') }] });
    expect(await table().read(partition, 'b')).toBeUndefined();
    expect((await bench.tail(1)).map(({ key }) => key)).toEqual(['a']);
  });

  test('claims are listed by prefix, in order, of their own cluster', async () => {
    const cluster = freshCluster();
    for (const key of ['heartbeat/n2', 'heartbeat/n10', 'heartbeat/n1', 'heartbeats', 'ip/1']) await claim({ cluster, key, value: bytes(key) });
    await claim({ cluster: `${cluster}0`, key: 'heartbeat/n3', value: bytes('x') });
    const found = await table().claims(cluster, 'heartbeat/');
    expect(found.map(({ key, value }) => [key, text(value)])).toEqual([
      ['heartbeat/n1', 'heartbeat/n1'],
      ['heartbeat/n10', 'heartbeat/n10'],
      ['heartbeat/n2', 'heartbeat/n2'],
    ]);
    expect(found[0]?.version).toBe((await table().readClaim(cluster, 'heartbeat/n1'))?.version);
    expect(await table().claims(freshCluster(), '')).toEqual([]);
  });

  test('of many who want the same claim at once one wins', async () => {
    const cluster = freshCluster();
    const attempts = Array.from({ length: 12 }, (_, i) => claim({ cluster, key: 'ip/1', expect: null, value: bytes(`svc ${i}`) }));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(text((await table().readClaim(cluster, 'ip/1'))?.value ?? null)).toBe(`svc ${winner}`);
  });
}
