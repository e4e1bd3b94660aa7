import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KubeObject } from '#api/object';
import type { Deployment, Pod, PodSpec } from '#api/schema/kinds.generated';
import type { ApiClient, ResourcePath } from '#client/api-client';
import { DEPLOYMENTS, PODS } from '#client/core-resources';
import { isPodReady } from '#core/pod-state';
import { eventually } from '#test/support/eventually';
import { WEB_V1, ensureWebImages } from '#test/support/images';
import { localCluster } from '#test/support/local-cluster';
import { type Figure, besideInMs, timedMs } from './figure.ts';

const PODS_RUN = 11;
const DEPLOYMENTS_RUN = 3;
const REPLICAS = 10;
const NAMESPACE = 'default';
const SPEC: PodSpec = { terminationGracePeriodSeconds: 1, containers: [{ name: 'web', image: WEB_V1 }] };
const run = promisify(execFile);

/** From the create call to Ready, as a watch sees it, in turn with `docker run -d` of the same image. */
export async function podStartFigures(): Promise<Figure[]> {
  await ensureWebImages();
  const cluster = localCluster('bench');
  try {
    await cluster.up();
    const client = cluster.client();
    const one = await inTurn(PODS_RUN, () => podReadyMs(client), () => dockerRunMs(1));
    const ten = await inTurn(DEPLOYMENTS_RUN, () => deploymentReadyMs(client), () => dockerRunMs(REPLICAS));
    return [
      besideInMs('one pod, create to Ready', one.ours, { name: 'docker run -d', values: one.docker }),
      besideInMs(`a Deployment of ${REPLICAS}, create to all ready`, ten.ours, { name: `${REPLICAS} docker run -d`, values: ten.docker }),
    ];
  } finally {
    await cluster.remove();
  }
}

async function inTurn(times: number, ours: () => Promise<number>, docker: () => Promise<number>): Promise<{ ours: number[]; docker: number[] }> {
  const taken = { ours: [] as number[], docker: [] as number[] };
  for (let i = 0; i < times; i++) {
    taken.ours.push(await ours());
    taken.docker.push(await docker());
  }
  return taken;
}

export function podReadyMs(client: ApiClient): Promise<number> {
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: NAMESPACE, name: 'one' }, spec: SPEC };
  return holdsAfterMs(client, PODS, { object: pod, holds: isPodReady });
}

function deploymentReadyMs(client: ApiClient): Promise<number> {
  const labels = { app: 'many' };
  const deployment: Deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: NAMESPACE, name: 'many' }, spec: { replicas: REPLICAS, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: SPEC } } };
  return holdsAfterMs(client, DEPLOYMENTS, { object: deployment, holds: ({ status }) => status?.readyReplicas === REPLICAS });
}

/** Creates the object and waits until a watch shows that it holds; then all is removed again, outside of the time. */
async function holdsAfterMs<T extends KubeObject>(client: ApiClient, resource: ResourcePath, { object, holds }: { object: T; holds: (object: T) => boolean }): Promise<number> {
  const { metadata } = await client.list(resource, { namespace: NAMESPACE });
  const ms = await timedMs(() => Promise.all([client.create(resource, object), untilSeen(client, resource, { resourceVersion: metadata.resourceVersion, holds })]));
  await client.delete(resource, { namespace: NAMESPACE, name: object.metadata.name ?? '' });
  await eventually('its pods are gone', async () => (await client.list(PODS, { namespace: NAMESPACE })).items.length === 0);
  return ms;
}

async function untilSeen<T extends KubeObject>(client: ApiClient, resource: ResourcePath, { resourceVersion, holds }: { resourceVersion: string; holds: (object: T) => boolean }): Promise<void> {
  for await (const { type, object } of client.watch<T>(resource, { namespace: NAMESPACE, resourceVersion })) if (type !== 'BOOKMARK' && holds(object)) return;
}

async function dockerRunMs(count: number): Promise<number> {
  const ids: string[] = [];
  const ms = await timedMs(() => Promise.all(Array.from({ length: count }, async () => ids.push((await run('docker', ['run', '-d', WEB_V1])).stdout.trim()))));
  await run('docker', ['rm', '-f', ...ids]);
  return ms;
}
