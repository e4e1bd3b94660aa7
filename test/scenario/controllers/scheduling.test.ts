import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event, Pod } from '#api/schema/kinds.generated';
import { findCondition } from '#core/conditions';
import { EVENTS, PODS, startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

test('a pod without a place says why, and is placed when room appears', async () => {
  await cluster.addNode('n1', { cpu: '1', memory: '1Gi', pods: '10' });
  await cluster.create(PODS, pod('first', '800m'));
  await cluster.settle();
  await cluster.create(PODS, pod('second', '800m'));
  await cluster.settle();
  expect(await whyPending('second')).toBe('0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.');
  await cluster.store.delete({ resource: PODS, namespace: 'default', name: 'first' });
  await cluster.settle();
  expect((await cluster.get<Pod>(PODS, 'second'))?.spec?.nodeName).toBe('n1');
});

test('an important pod takes the place of a lesser one, which is told so', async () => {
  await cluster.addNode('n1', { cpu: '1', memory: '1Gi', pods: '10' });
  await cluster.create(PODS, pod('low', '800m'));
  await cluster.settle();
  await cluster.create(PODS, pod('high', '800m', { priority: 1000 }));
  // The victim takes its time; a third pod of little importance must not take the room meanwhile.
  await cluster.settle({ kubelet: (one) => (one.metadata.name === 'low' ? 'silent' : 'ready') });
  const low = await cluster.get<Pod>(PODS, 'low');
  expect(low?.metadata.deletionTimestamp).toBeDefined();
  expect(findCondition(low?.status?.conditions, 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'PreemptionByScheduler' });
  expect((await cluster.get<Pod>(PODS, 'high'))?.status?.nominatedNodeName).toBe('n1');
  await cluster.create(PODS, pod('third', '500m'));
  await cluster.settle();
  const high = await cluster.get<Pod>(PODS, 'high');
  expect([high?.spec?.nodeName, high?.status?.nominatedNodeName]).toEqual(['n1', undefined]);
  expect((await cluster.get<Pod>(PODS, 'third'))?.spec?.nodeName).toBeUndefined();
  expect((await cluster.list<Event>(EVENTS)).filter(({ reason }) => reason === 'Preempted').map(({ involvedObject }) => involvedObject?.name)).toEqual(['low']);
});

test('a hundred pods at once, none twice, none over capacity', async () => {
  for (const name of ['n1', 'n2', 'n3']) await cluster.addNode(name, { cpu: '4', memory: '8Gi', pods: '110' });
  await Promise.all(Array.from({ length: 100 }, (_, i) => cluster.create(PODS, pod(`p${i}`, '100m'))));
  await cluster.settle({ kubelet: () => 'silent' });
  const perNode = new Map<string | undefined, number>();
  for (const { spec } of await cluster.list<Pod>(PODS)) perNode.set(spec?.nodeName, (perNode.get(spec?.nodeName) ?? 0) + 1);
  expect([...perNode.values()].sort()).toEqual([33, 33, 34]);
  expect(cluster.failures).toEqual([]);
});

async function whyPending(name: string): Promise<string | undefined> {
  const waiting = await cluster.get<Pod>(PODS, name);
  return findCondition(waiting?.status?.conditions, 'PodScheduled')?.message;
}

function pod(name: string, cpu: string, spec: Partial<NonNullable<Pod['spec']>> = {}): Pod {
  return { metadata: { name }, spec: { containers: [{ name: 'c', image: 'web', resources: { requests: { cpu } } }], ...spec } };
}
