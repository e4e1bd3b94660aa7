import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Pod } from '#api/schema/kinds.generated';
import type { ApiClient } from '#client/api-client';
import { PODS } from '#client/core-resources';
import { isPodReady } from '#core/pod-state';
import { WEB_V1, ensureWebImages } from '#test/support/images';
import { localCluster } from '#test/support/local-cluster';
import { type Figure, besideInMs, timedMs } from './figure.ts';

const RUNS = 9;
const TOGETHER = 10;
const NAMESPACE = 'default';
const run = promisify(execFile);

/** From the create call to Ready, as a watch sees it, in turn with `docker run -d` of the same image; then ten at once. */
export async function podStartFigures(): Promise<Figure[]> {
  await ensureWebImages();
  const cluster = localCluster('bench');
  try {
    await cluster.up();
    const client = cluster.client();
    const ours: number[] = [];
    const docker: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      ours.push(await oursAtOnce(client, [`one-${i}`]));
      docker.push(await dockerAtOnce(1));
    }
    const [together, dockerTogether] = [await oursAtOnce(client, names('many')), await dockerAtOnce(TOGETHER)];
    return [
      besideInMs('one pod, create to Ready', ours, { name: 'docker run -d', values: docker }),
      besideInMs(`${TOGETHER} pods at once, create to Ready`, [together], { name: `${TOGETHER} docker run -d`, values: [dockerTogether] }),
    ];
  } finally {
    await cluster.remove();
  }
}

const names = (prefix: string): string[] => Array.from({ length: TOGETHER }, (_, i) => `${prefix}-${i}`);

async function oursAtOnce(client: ApiClient, podNames: string[]): Promise<number> {
  const { metadata } = await client.list<Pod>(PODS, { namespace: NAMESPACE });
  const waiting = new Set(podNames);
  const ms = await timedMs(async () => {
    const created = Promise.all(podNames.map((name) => client.create<Pod>(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: NAMESPACE, name }, spec: { containers: [{ name: 'web', image: WEB_V1 }] } })));
    await untilEach(client, metadata.resourceVersion, waiting, (type, pod) => type !== 'DELETED' && isPodReady(pod));
    await created;
  });
  const revision = (await client.list<Pod>(PODS, { namespace: NAMESPACE })).metadata.resourceVersion;
  await Promise.all(podNames.map((name) => client.delete(PODS, { namespace: NAMESPACE, name }, { gracePeriodSeconds: 1 })));
  await untilEach(client, revision, new Set(podNames), (type) => type === 'DELETED');
  return ms;
}

async function untilEach(client: ApiClient, resourceVersion: string, waiting: Set<string>, holds: (type: string, pod: Pod) => boolean): Promise<void> {
  const ended = new AbortController();
  for await (const { type, object } of client.watch<Pod>(PODS, { namespace: NAMESPACE, resourceVersion, signal: ended.signal })) {
    if (type !== 'BOOKMARK' && holds(type, object)) waiting.delete(object.metadata.name ?? '');
    if (waiting.size === 0) break;
  }
}

async function dockerAtOnce(count: number): Promise<number> {
  const ids: string[] = [];
  const ms = await timedMs(() => Promise.all(Array.from({ length: count }, async () => ids.push((await run('docker', ['run', '-d', WEB_V1])).stdout.trim()))));
  await run('docker', ['rm', '-f', ...ids]);
  return ms;
}
