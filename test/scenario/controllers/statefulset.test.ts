import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ControllerRevision, Event, PersistentVolumeClaim, Pod, StatefulSet } from '#api/schema/kinds.generated';
import { resource } from '#test/support/store';
import { EVENTS, imagesOf, PERSISTENT_VOLUME_CLAIMS, PODS, startCluster, STATEFUL_SETS, STORAGE_CLASSES } from './cluster.ts';
import type { Cluster } from './cluster.ts';

const REVISIONS = resource('controllerrevisions', 'apps');

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.addNode('n1');
  await cluster.create(STORAGE_CLASSES, { metadata: { name: 'fast' }, provisioner: 'zeroplane.dev/local', reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer' });
});
afterEach(() => cluster.close());

test('one after another, each with its name and its claim', async () => {
  await cluster.create(STATEFUL_SETS, statefulSet('db', 3, { volumeClaimTemplates: [claimTemplate()] }));
  let most = 0;
  await cluster.settle({
    kubelet: (pod) => (pod.metadata.name === 'db-1' ? 'running' : 'ready'),
    afterEach: async () => void (most = Math.max(most, (await names()).length)),
  });
  expect([most, await names()]).toEqual([2, ['db-0', 'db-1']]);
  await cluster.settle();
  expect(await names()).toEqual(['db-0', 'db-1', 'db-2']);
  expect(await status('db')).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3, currentReplicas: 3, updatedReplicas: 3, collisionCount: 0 });
  const [first] = await cluster.list<Pod>(PODS);
  expect(first).toMatchObject({
    metadata: { generateName: 'db-', labels: { 'statefulset.kubernetes.io/pod-name': 'db-0', 'apps.kubernetes.io/pod-index': '0', 'controller-revision-hash': (await status('db')).currentRevision } },
    spec: { hostname: 'db-0', subdomain: 'db', volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
  });
  expect((await cluster.list(PERSISTENT_VOLUME_CLAIMS)).map(({ metadata }) => metadata.name)).toEqual(['data-db-0', 'data-db-1', 'data-db-2']);
  const said = (await cluster.list<Event>(EVENTS)).filter(({ source }) => source?.component === 'statefulset-controller').map(({ message }) => message);
  expect(said.slice(0, 2)).toEqual(['Create Claim data-db-0 Pod db-0 in StatefulSet db success', 'Create Pod db-0 in StatefulSet db successful']);
});

test('scaled down from the top, its claims stay; scaled up again it finds them', async () => {
  await cluster.create(STATEFUL_SETS, statefulSet('db', 3, { volumeClaimTemplates: [claimTemplate()] }));
  await cluster.settle();
  const before = (await cluster.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, 'data-db-2'))?.metadata.uid;
  await scale('db', 1);
  await cluster.settle({ afterEach: inOrder });
  expect(await names()).toEqual(['db-0']);
  await scale('db', 3);
  await cluster.settle();
  expect(await names()).toEqual(['db-0', 'db-1', 'db-2']);
  expect((await cluster.get<PersistentVolumeClaim>(PERSISTENT_VOLUME_CLAIMS, 'data-db-2'))?.metadata.uid).toBe(before);
});

test('claims go with what they were for, when the set says so', async () => {
  await cluster.create(STATEFUL_SETS, statefulSet('db', 2, { volumeClaimTemplates: [claimTemplate()], persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Delete' } }));
  await cluster.settle();
  await scale('db', 1);
  await cluster.settle();
  expect((await cluster.list(PERSISTENT_VOLUME_CLAIMS)).map(({ metadata }) => metadata.name)).toEqual(['data-db-0']);
  await cluster.store.delete({ resource: STATEFUL_SETS, namespace: 'default', name: 'db' }, { propagationPolicy: 'Background' });
  await cluster.settle();
  expect(await cluster.list(PERSISTENT_VOLUME_CLAIMS)).toEqual([]);
});

test('a new template reaches the highest ordinals first, down to the partition; undone it is the old revision again', async () => {
  await cluster.create(STATEFUL_SETS, statefulSet('db', 3, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } }));
  await cluster.settle();
  const first = (await status('db')).currentRevision;
  await setImage('v2');
  await cluster.settle({ afterEach: async () => expect((await cluster.list<Pod>(PODS)).filter(({ metadata }) => metadata.deletionTimestamp === undefined).length).toBeGreaterThanOrEqual(2) });
  expect(imagesOf(await cluster.list<Pod>(PODS))).toEqual(['v1', 'v2', 'v2']);
  expect(await status('db')).toMatchObject({ currentRevision: first, currentReplicas: 1, updatedReplicas: 2 });

  // A pod below the partition comes back as it was.
  await cluster.store.delete({ resource: PODS, namespace: 'default', name: 'db-0' });
  await cluster.settle();
  expect((await cluster.get<Pod>(PODS, 'db-0'))?.spec?.containers[0]?.image).toBe('v1');

  await cluster.change<StatefulSet>(STATEFUL_SETS, 'db', ({ spec }) => spec !== undefined && (spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }));
  await cluster.settle();
  expect(imagesOf(await cluster.list<Pod>(PODS))).toEqual(['v2', 'v2', 'v2']);
  const second = await status('db');
  expect(second).toMatchObject({ currentReplicas: 3, updatedReplicas: 3, currentRevision: second.updateRevision });

  await setImage('v1');
  await cluster.settle();
  expect((await status('db')).currentRevision).toBe(first);
  expect((await cluster.list<ControllerRevision>(REVISIONS)).map(({ revision }) => Number(revision)).sort()).toEqual([2, 3]);
});

test('in parallel nobody waits; a pod that ended is made again', async () => {
  await cluster.create(STATEFUL_SETS, statefulSet('db', 3, { podManagementPolicy: 'Parallel' }));
  await cluster.settle({ kubelet: () => 'running' });
  expect(await names()).toEqual(['db-0', 'db-1', 'db-2']);
  const uid = (await cluster.get<Pod>(PODS, 'db-1'))?.metadata.uid;
  await cluster.store.update({ resource: PODS, namespace: 'default', name: 'db-1' }, (current) => ({ ...current, status: { phase: 'Failed' } }), { subresource: 'status' });
  await cluster.settle();
  expect((await cluster.get<Pod>(PODS, 'db-1'))?.metadata.uid).not.toBe(uid);
  await scale('db', 0);
  await cluster.settle();
  expect(await names()).toEqual([]);
});

async function inOrder(): Promise<void> {
  expect((await names()).map((name) => Number(name.split('-')[1]))).toEqual(Array.from({ length: (await names()).length }, (_, i) => i));
}

async function names(): Promise<string[]> {
  return (await cluster.list(PODS)).map(({ metadata }) => metadata.name ?? '').sort();
}

async function status(name: string): Promise<Partial<NonNullable<StatefulSet['status']>>> {
  return (await cluster.get<StatefulSet>(STATEFUL_SETS, name))?.status ?? {};
}

async function scale(name: string, replicas: number): Promise<void> {
  await cluster.change<StatefulSet>(STATEFUL_SETS, name, ({ spec }) => spec !== undefined && (spec.replicas = replicas));
}

async function setImage(image: string): Promise<void> {
  await cluster.change<StatefulSet>(STATEFUL_SETS, 'db', ({ spec }) => {
    for (const container of spec?.template.spec?.containers ?? []) container.image = image;
  });
}

function claimTemplate(): PersistentVolumeClaim {
  return { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } } };
}

function statefulSet(name: string, replicas: number, spec: Partial<NonNullable<StatefulSet['spec']>> = {}): StatefulSet {
  const labels = { app: name };
  return { metadata: { name }, spec: { replicas, serviceName: name, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } }, ...spec } };
}
