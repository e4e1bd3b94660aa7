import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Deployment, Event, Pod, ReplicaSet } from '#api/schema/kinds.generated';
import { isPodReady } from '#core/pod-state';
import { deployment, DEPLOYMENTS, EVENTS, imagesOf, PODS, REPLICA_SETS, startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.addNode('n1');
  await cluster.addNode('n2');
});
afterEach(() => cluster.close());

test('a deployment becomes pods on nodes, and says so', async () => {
  await cluster.create(DEPLOYMENTS, deployment('web', 3));
  await cluster.settle();
  const pods = await cluster.list<Pod>(PODS);
  expect(pods).toHaveLength(3);
  expect(new Set(pods.map((pod) => pod.spec?.nodeName))).toEqual(new Set(['n1', 'n2']));
  expect(new Set(cluster.wakes)).toEqual(new Set(['n1', 'n2']));
  const web = await cluster.get<Deployment>(DEPLOYMENTS, 'web');
  expect(web?.status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1, terminatingReplicas: 0 });
  expect(web?.status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
    ['Available', 'True', 'MinimumReplicasAvailable'],
    ['Progressing', 'True', 'NewReplicaSetAvailable'],
  ]);
  expect(pods[0]?.status?.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }));
  expect(reasons(await cluster.list<Event>(EVENTS))).toEqual(['ScalingReplicaSet', 'Scheduled', 'Scheduled', 'Scheduled', 'SuccessfulCreate', 'SuccessfulCreate', 'SuccessfulCreate']);
  expect(cluster.failures).toEqual([]);
});

test('a new image rolls out within its bounds; undo brings the old replica set back with a new revision', async () => {
  await cluster.create(DEPLOYMENTS, deployment('web', 4));
  await cluster.settle();
  const within = async (): Promise<void> => {
    const pods = (await cluster.list<Pod>(PODS)).filter((pod) => pod.metadata.deletionTimestamp === undefined);
    expect(pods.length).toBeLessThanOrEqual(5);
    expect(pods.filter(isPodReady).length).toBeGreaterThanOrEqual(3);
  };
  await setImage('v2');
  await cluster.settle({ afterEach: within });
  expect(imagesOf(await cluster.list<Pod>(PODS))).toEqual(['v2', 'v2', 'v2', 'v2']);
  await setImage('v1');
  await cluster.settle({ afterEach: within });
  expect(imagesOf(await cluster.list<Pod>(PODS))).toEqual(['v1', 'v1', 'v1', 'v1']);
  const sets = await cluster.list<ReplicaSet>(REPLICA_SETS);
  expect(sets.map((set) => [set.spec?.replicas, set.metadata.annotations?.['deployment.kubernetes.io/revision']]).sort()).toEqual([
    [0, '2'],
    [4, '3'],
  ]);
  expect((await cluster.get(DEPLOYMENTS, 'web'))?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3' });
});

test('pods that never become ready stop the rollout: the old ones serve on', async () => {
  await cluster.create(DEPLOYMENTS, deployment('web', 4));
  await cluster.settle();
  await setImage('bad');
  await cluster.settle({ kubelet: (pod) => (pod.spec?.containers[0]?.image === 'bad' ? 'running' : 'ready') });
  const ready = (await cluster.list<Pod>(PODS)).filter(isPodReady);
  expect(imagesOf(ready)).toEqual(['v1', 'v1', 'v1']);
  await cluster.pass(601_000);
  await cluster.settle({ kubelet: (pod) => (pod.spec?.containers[0]?.image === 'bad' ? 'running' : 'ready') });
  const web = await cluster.get<Deployment>(DEPLOYMENTS, 'web');
  expect(web?.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }));
});

test('scaling up and down; a deleted pod is replaced', async () => {
  await cluster.create(DEPLOYMENTS, deployment('web', 2));
  await cluster.settle();
  await scale(7);
  await cluster.settle();
  expect(await cluster.list(PODS)).toHaveLength(7);
  await scale(3);
  await cluster.settle();
  const pods = await cluster.list<Pod>(PODS);
  expect(pods).toHaveLength(3);
  await cluster.store.delete({ resource: PODS, namespace: 'default', name: pods[0]?.metadata.name ?? '' });
  await cluster.settle();
  const after = await cluster.list<Pod>(PODS);
  expect(after).toHaveLength(3);
  expect(after.map(({ metadata }) => metadata.uid)).not.toContain(pods[0]?.metadata.uid);
});

test('a pod whose labels change is released and replaced, an orphan that matches is adopted', async () => {
  await cluster.create(DEPLOYMENTS, deployment('web', 1));
  await cluster.settle();
  const [pod] = await cluster.list<Pod>(PODS);
  await cluster.change<Pod>(PODS, pod?.metadata.name ?? '', (stored) => (stored.metadata.labels = { quarantined: 'yes' }));
  await cluster.settle();
  expect((await cluster.list<Pod>(PODS)).map(({ metadata }) => [metadata.labels?.app, metadata.ownerReferences?.length ?? 0])).toEqual(expect.arrayContaining([['web', 1], [undefined, 0]]));
  await cluster.change<Pod>(PODS, pod?.metadata.name ?? '', (stored) => (stored.metadata.labels = { ...pod?.metadata.labels }));
  await cluster.settle();
  expect(await cluster.list(PODS)).toHaveLength(1);
});

async function setImage(image: string): Promise<void> {
  await cluster.change<Deployment>(DEPLOYMENTS, 'web', ({ spec }) => (spec!.template.spec!.containers[0]!.image = image));
}

async function scale(replicas: number): Promise<void> {
  await cluster.change<Deployment>(DEPLOYMENTS, 'web', ({ spec }) => (spec!.replicas = replicas));
}

function reasons(events: Event[]): string[] {
  return events.map(({ reason }) => reason ?? '').sort();
}
