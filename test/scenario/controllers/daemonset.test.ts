import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DaemonSet, Node, Pod } from '#api/schema/kinds.generated';
import { isPodReady } from '#core/pod-state';
import { DAEMON_SETS, imagesOf, NODES, PODS, startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
  for (const name of ['n1', 'n2', 'n3']) await cluster.addNode(name);
});
afterEach(() => cluster.close());

test('a pod on each node, on a new one too; a cordon does not drive it away', async () => {
  await cluster.create(DAEMON_SETS, daemonSet());
  await cluster.settle();
  expect(await places()).toEqual(['n1', 'n2', 'n3']);
  expect((await cluster.get<DaemonSet>(DAEMON_SETS, 'agent'))?.status).toEqual({
    currentNumberScheduled: 3, desiredNumberScheduled: 3, numberAvailable: 3, numberMisscheduled: 0, numberReady: 3, observedGeneration: 1, updatedNumberScheduled: 3,
  });
  await cluster.change<Node>(NODES, 'n2', (node) => (node.spec = { ...node.spec, unschedulable: true }));
  await cluster.addNode('n4');
  await cluster.settle();
  expect(await places()).toEqual(['n1', 'n2', 'n3', 'n4']);
  expect(cluster.failures).toEqual([]);
});

test('only where the labels are, and gone when they are', async () => {
  await cluster.create(DAEMON_SETS, daemonSet({ nodeSelector: { disk: 'ssd' } }));
  await cluster.settle();
  expect(await places()).toEqual([]);
  await cluster.change<Node>(NODES, 'n2', ({ metadata }) => (metadata.labels = { ...metadata.labels, disk: 'ssd' }));
  await cluster.settle();
  expect(await places()).toEqual(['n2']);
  await cluster.change<Node>(NODES, 'n2', ({ metadata }) => (metadata.labels = { 'kubernetes.io/hostname': 'n2' }));
  await cluster.settle();
  expect(await places()).toEqual([]);
});

test('a tainted node is left out, unless the pod bears it', async () => {
  await cluster.change<Node>(NODES, 'n1', (node) => (node.spec = { ...node.spec, taints: [{ key: 'dedicated', effect: 'NoSchedule' }] }));
  await cluster.create(DAEMON_SETS, daemonSet());
  await cluster.settle();
  expect(await places()).toEqual(['n2', 'n3']);
  await cluster.change<DaemonSet>(DAEMON_SETS, 'agent', ({ spec }) => spec?.template.spec !== undefined && (spec.template.spec.tolerations = [{ key: 'dedicated', operator: 'Exists' }]));
  await cluster.settle();
  expect(await places()).toEqual(['n1', 'n2', 'n3']);
});

test('a new image goes from node to node; with surge the new pod serves before the old one goes', async () => {
  await cluster.create(DAEMON_SETS, daemonSet());
  await cluster.settle();
  const serving = async (): Promise<number> => (await cluster.list<Pod>(PODS)).filter((pod) => pod.metadata.deletionTimestamp === undefined && isPodReady(pod)).length;
  await setImage('v2');
  await cluster.settle({ afterEach: async () => expect(await serving()).toBeGreaterThanOrEqual(2) });
  expect(imagesOf(await cluster.list<Pod>(PODS))).toEqual(['v2', 'v2', 'v2']);

  await cluster.change<DaemonSet>(DAEMON_SETS, 'agent', ({ spec }) => spec !== undefined && (spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }));
  await setImage('v3');
  await cluster.settle({ afterEach: async () => expect(await serving()).toBeGreaterThanOrEqual(3) });
  expect(imagesOf(await cluster.list<Pod>(PODS))).toEqual(['v3', 'v3', 'v3']);
});

test('a daemon that failed is made again', async () => {
  await cluster.create(DAEMON_SETS, daemonSet());
  await cluster.settle();
  const [pod] = await cluster.list<Pod>(PODS);
  await cluster.store.update({ resource: PODS, namespace: 'default', name: pod?.metadata.name ?? '' }, (current) => ({ ...current, status: { phase: 'Failed' } }), { subresource: 'status' });
  await cluster.settle();
  expect(await places()).toEqual(['n1', 'n2', 'n3']);
  expect((await cluster.list<Pod>(PODS)).map(({ status }) => status?.phase)).toEqual(['Running', 'Running', 'Running']);
});

async function places(): Promise<string[]> {
  return (await cluster.list<Pod>(PODS)).map(({ spec }) => spec?.nodeName ?? '').sort();
}

async function setImage(image: string): Promise<void> {
  await cluster.change<DaemonSet>(DAEMON_SETS, 'agent', ({ spec }) => {
    for (const container of spec?.template.spec?.containers ?? []) container.image = image;
  });
}

function daemonSet(spec: Partial<NonNullable<Pod['spec']>> = {}): DaemonSet {
  const labels = { app: 'agent' };
  return { metadata: { name: 'agent' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }], ...spec } } } };
}
