import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KubeObject } from '#api/object';
import type { Deployment, Pod, PodSpec } from '#api/schema/kinds.generated';
import { ApiClient, type ResourcePath } from '#client/api-client';
import { DEPLOYMENTS, PODS, SERVICE_ACCOUNTS } from '#client/core-resources';
import { httpsTransport } from '#client/https-transport';
import { isPodReady } from '#core/pod-state';
import { startPeerNode } from '#test/differential/peer/start-node';
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

/** From the create call to Ready, as a watch sees it, in turn with `docker run -d` of the same image, and then on a real node where one was built. */
export async function podStartFigures(nodeFolder: string | undefined): Promise<Figure[]> {
  await ensureWebImages();
  const ours = await besideDocker();
  return nodeFolder === undefined ? ours.figures : [...ours.figures, besideInMs('one pod, create to Ready', ours.one, { name: 'real kubelet', values: await onRealNode(nodeFolder) })];
}

async function besideDocker(): Promise<{ one: number[]; figures: Figure[] }> {
  const cluster = localCluster('bench');
  try {
    await cluster.up();
    const client = cluster.client();
    const one = await inTurn(PODS_RUN, () => podReadyMs(client), () => dockerRunMs(1));
    const ten = await inTurn(DEPLOYMENTS_RUN, () => deploymentReadyMs(client), () => dockerRunMs(REPLICAS));
    const figures = [
      besideInMs('one pod, create to Ready', one.ours, { name: 'docker run -d', values: one.docker }),
      besideInMs(`a Deployment of ${REPLICAS}, create to all ready`, ten.ours, { name: `${REPLICAS} docker run -d`, values: ten.docker }),
    ];
    return { one: one.ours, figures };
  } finally {
    await cluster.remove();
  }
}

async function onRealNode(folder: string): Promise<number[]> {
  const node = await startPeerNode(folder, WEB_V1);
  const transport = httpsTransport(node.address);
  const client = new ApiClient(transport.send, transport.connect);
  try {
    await eventually('the default service account', async () => (await client.list(SERVICE_ACCOUNTS, { namespace: NAMESPACE })).items.length > 0);
    const taken: number[] = [];
    for (let i = 0; i < PODS_RUN; i++) taken.push(await podReadyMs(client));
    return taken;
  } finally {
    transport.close();
    node.close();
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
