import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConfigMap, Pod } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { ApiError, isAlreadyExists } from '#client/api-error';
import { CONFIG_MAPS, PODS } from '#client/core-resources';
import { eventually } from '#test/support/eventually';
import { hostFootprint } from '#test/support/host-footprint';
import { WEB_V1, ensureWebImages, killContainer } from '#test/support/images';
import { killHard, localCluster } from '#test/support/local-cluster';

// kill -9 of the server amid 500 writes of 32 writers, while a watch runs.
const WRITES = 500;
const WRITERS = 32;
const KILL_AFTER = 150;
const NAMESPACE = 'default';

const cluster = localCluster('server');
beforeAll(async () => {
  await ensureWebImages();
  await cluster.up();
  await cluster.kubectl(['run', 'web', `--image=${WEB_V1}`, '--restart=Always']);
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/web', '--timeout=45s']);
});
afterAll(() => cluster.remove());

interface Acknowledged {
  name: string;
  uid: string;
  revision: number;
}

const configMap = (i: number): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: NAMESPACE, name: `write-${i}` }, data: { i: String(i), filling: 'x'.repeat(1000) } });
const acknowledgedBy = ({ metadata }: ConfigMap): Acknowledged => ({ name: metadata.name ?? '', uid: metadata.uid ?? '', revision: Number(metadata.resourceVersion) });

/** All 500, each until it is there: a broken connection says nothing of the outcome, so it is tried again and may find its own work done. */
async function writeAll(client: ApiClient, { onAcknowledged, signal }: { onAcknowledged: (write: Acknowledged) => void; signal: AbortSignal }): Promise<number> {
  let next = 0;
  let broken = 0;
  const writeOne = async (i: number): Promise<void> => {
    while (!signal.aborted) {
      try {
        return onAcknowledged(acknowledgedBy(await client.create<ConfigMap>(CONFIG_MAPS, configMap(i))));
      } catch (error) {
        if (isAlreadyExists(error)) return;
        if (error instanceof ApiError) throw error;
        broken++;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const writer = async (): Promise<void> => {
    while (next < WRITES) await writeOne(next++);
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return broken;
}

interface SeenEvent {
  type: string;
  name: string;
  uid: string;
  revision: number;
}

/** Watches from a revision on, and again from the last one seen whenever the connection breaks, until the signal. Gives how often it resumed. */
async function watchAll(client: ApiClient, { from, seen, signal }: { from: string; seen: SeenEvent[]; signal: AbortSignal }): Promise<number> {
  let resourceVersion = from;
  let resumed = 0;
  while (!signal.aborted) {
    try {
      for await (const { type, object } of client.watch<ConfigMap>(CONFIG_MAPS, { namespace: NAMESPACE, resourceVersion, signal })) {
        resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
        if (type !== 'BOOKMARK') seen.push({ type, ...acknowledgedBy(object) });
      }
    } catch (error) {
      if (error instanceof ApiError) throw error; // a 410 would be a gap
      if (signal.aborted) break;
      resumed++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return resumed;
}

test('no acknowledged write is lost, no revision is given twice, the watch resumes without gap or duplicate', async () => {
  const client = cluster.client();
  const before = await hostFootprint(cluster);
  const start = await client.list<ConfigMap>(CONFIG_MAPS, { namespace: NAMESPACE });
  const seen: SeenEvent[] = [];
  const acknowledged: Acknowledged[] = [];
  const ended = new AbortController();
  const watching = watchAll(client, { from: start.metadata.resourceVersion, seen, signal: ended.signal });
  const writing = writeAll(client, { onAcknowledged: (write) => acknowledged.push(write), signal: ended.signal });
  try {
    await eventually('writes under way', async () => acknowledged.length >= KILL_AFTER, { intervalMs: 1 });
    await killHard(cluster.pid('server'));
    expect(acknowledged.length).toBeLessThan(WRITES);
    await cluster.up();
    expect(await writing, 'connections that broke').toBeGreaterThan(0);
    await eventually('the watch has all', async () => new Set(seen.map(({ name }) => name).filter((name) => name.startsWith('write-'))).size === WRITES);
  } finally {
    ended.abort();
  }
  expect(await watching).toBeGreaterThan(0);

  const stored = (await client.list<ConfigMap>(CONFIG_MAPS, { namespace: NAMESPACE })).items.map(acknowledgedBy).filter(({ name }) => name.startsWith('write-'));
  expect(stored).toHaveLength(WRITES);
  expect(stored).toEqual(expect.arrayContaining(acknowledged));
  expect(new Set(stored.map(({ revision }) => revision)).size).toBe(WRITES);
  const revisions = seen.map(({ revision }) => revision);
  expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b)); // each once, rising
  expect(seen.filter(({ name }) => name.startsWith('write-')).map(({ name, uid, revision }) => ({ name, uid, revision }))).toEqual([...stored].sort((a, b) => a.revision - b.revision));
  expect((await hostFootprint(cluster)).containers).toEqual(before.containers);
});

test('the agent has carried on: same process, same container, and it answers to what happens now', async () => {
  const client = cluster.client();
  const web = async (): Promise<Pod> => client.get<Pod>(PODS, { namespace: NAMESPACE, name: 'web' });
  const { name = '' } = (await cluster.kubectl(['get', 'nodes', '-o', 'name'])).match(/node\/(?<name>\S+)/)?.groups ?? {};
  const agent = cluster.pid(`agent-${name}`);
  expect((await web()).status?.containerStatuses?.[0]?.restartCount).toBe(0);

  await killHard(cluster.pid('server'));
  await killContainer({ namespace: NAMESPACE, name: 'web' }, 'web'); // restarted without a control plane
  const restarted = eventually('the container runs again', async () => {
    const { containers } = await hostFootprint(cluster);
    return containers.length === 3; // sandbox, the dead one kept for --previous, its successor
  });
  await restarted;
  await cluster.up();
  await eventually('the restart is reported', async () => (await web()).status?.containerStatuses?.[0]?.restartCount === 1);
  expect(cluster.pid(`agent-${name}`)).toBe(agent);
});
