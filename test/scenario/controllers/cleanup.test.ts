import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigMap, EndpointSlice, Endpoints, Namespace, Pod } from '#api/schema/kinds.generated';
import { isPodReady } from '#core/pod-state';
import { CONFIG_MAPS, deployment, DEPLOYMENTS, ENDPOINTS, NAMESPACES, NODES, PODS, REPLICA_SETS, SERVICES, SLICES, startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { resource } from '#test/support/store';

const SERVICE_ACCOUNTS = resource('serviceaccounts');
let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.addNode('n1');
});
afterEach(() => cluster.close());

const service = (name: string, spec: object = {}) => ({ metadata: { name }, spec: { clusterIP: '10.0.0.9', clusterIPs: ['10.0.0.9'], selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http', protocol: 'TCP' }], ...spec } });

test('what a deleted deployment owned goes with it, in the background', async () => {
  await cluster.create(DEPLOYMENTS, deployment('web', 2));
  await cluster.create(DEPLOYMENTS, deployment('other', 1));
  await cluster.settle();
  await cluster.store.delete({ resource: DEPLOYMENTS, namespace: 'default', name: 'web' }, { propagationPolicy: 'Background' });
  await cluster.settle();
  expect((await cluster.list(REPLICA_SETS)).map(({ metadata }) => metadata.labels?.app)).toEqual(['other']);
  expect((await cluster.list(PODS)).map(({ metadata }) => metadata.labels?.app)).toEqual(['other']);
});

test('orphans stay, without their owner', async () => {
  await cluster.create(DEPLOYMENTS, deployment('web', 2));
  await cluster.settle();
  await cluster.store.delete({ resource: DEPLOYMENTS, namespace: 'default', name: 'web' }, { propagationPolicy: 'Orphan' });
  await cluster.settle();
  expect(await cluster.list(DEPLOYMENTS)).toEqual([]);
  const sets = await cluster.list(REPLICA_SETS);
  expect(sets.map(({ metadata }) => metadata.ownerReferences ?? [])).toEqual([[]]);
  expect(await cluster.list(PODS)).toHaveLength(2);
  // The same deployment made again takes them back.
  await cluster.create(DEPLOYMENTS, deployment('web', 2));
  await cluster.settle();
  expect((await cluster.list(REPLICA_SETS)).map(({ metadata }) => metadata.uid)).toEqual(sets.map(({ metadata }) => metadata.uid));
});

test('in the foreground the owner goes last', async () => {
  await cluster.create(DEPLOYMENTS, deployment('web', 2));
  await cluster.settle();
  await cluster.store.delete({ resource: DEPLOYMENTS, namespace: 'default', name: 'web' }, { propagationPolicy: 'Foreground' });
  await cluster.settle({ kubelet: () => 'silent' });
  expect(await cluster.list(DEPLOYMENTS)).toHaveLength(1);
  await cluster.settle({
    afterEach: async () => {
      if ((await cluster.list(PODS)).length > 0) expect(await cluster.list(DEPLOYMENTS)).toHaveLength(1);
    },
  });
  expect([await cluster.list(DEPLOYMENTS), await cluster.list(REPLICA_SETS), await cluster.list(PODS)]).toEqual([[], [], []]);
});

test('a circle of owners, each of which waits for the next, goes in the foreground', async () => {
  const uids = new Map<string, string>();
  for (const name of ['a', 'b', 'c']) uids.set(name, (await cluster.create<ConfigMap>(CONFIG_MAPS, { metadata: { name } })).metadata.uid ?? '');
  for (const [name, owner] of [['a', 'c'], ['b', 'a'], ['c', 'b']] as const) {
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid: uids.get(owner) ?? '', blockOwnerDeletion: true };
    await cluster.store.update({ resource: CONFIG_MAPS, namespace: 'default', name }, (current) => ({ ...current, metadata: { ...current.metadata, ownerReferences: [reference] } }));
  }
  await cluster.settle();
  await cluster.store.delete({ resource: CONFIG_MAPS, namespace: 'default', name: 'a' }, { propagationPolicy: 'Foreground' });
  await cluster.settle();
  const left = (await cluster.list(CONFIG_MAPS)).map(({ metadata }) => metadata.name);
  expect(left.filter((name) => uids.has(name ?? ''))).toEqual([]);
});

test('an object whose owner has another uid than it says is collected; one owner of two is let go', async () => {
  const owner = await cluster.create<ConfigMap>(CONFIG_MAPS, { metadata: { name: 'owner' } });
  const reference = (uid: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid });
  await cluster.create(CONFIG_MAPS, { metadata: { name: 'stranger', ownerReferences: [reference('gone')] } });
  await cluster.create(CONFIG_MAPS, { metadata: { name: 'shared', ownerReferences: [reference('gone'), reference(owner.metadata.uid ?? '')] } });
  await cluster.settle();
  expect(await cluster.get(CONFIG_MAPS, 'stranger')).toBeUndefined();
  expect((await cluster.get(CONFIG_MAPS, 'shared'))?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([owner.metadata.uid]);
});

test('a namespace comes with its account and CA, and goes with all that is in it', async () => {
  await cluster.create(NAMESPACES, { metadata: { name: 'shop' } });
  await cluster.settle();
  expect(await cluster.get(SERVICE_ACCOUNTS, 'default', 'shop')).toBeDefined();
  expect((await cluster.get<ConfigMap>(CONFIG_MAPS, 'kube-root-ca.crt', 'shop'))?.data).toEqual({ 'ca.crt': 'PEM' });
  const web = deployment('web', 3);
  await cluster.create(DEPLOYMENTS, { ...web, metadata: { ...web.metadata, namespace: 'shop' } });
  await cluster.create(CONFIG_MAPS, { metadata: { name: 'held', namespace: 'shop', finalizers: ['example.com/hold'] } });
  await cluster.settle();

  await cluster.store.delete({ resource: NAMESPACES, name: 'shop' });
  await cluster.settle();
  const going = await cluster.get<Namespace>(NAMESPACES, 'shop');
  expect(going?.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain', message: 'Some resources are remaining: configmaps. has 1 resource instances' }),
  );
  expect(await cluster.list(PODS, 'shop')).toEqual([]);
  expect(cluster.failures).toEqual([]);
  await cluster.store.update({ resource: CONFIG_MAPS, namespace: 'shop', name: 'held' }, (current) => ({ ...current, metadata: { ...current.metadata, finalizers: [] } }));
  await cluster.settle();
  expect(await cluster.get(NAMESPACES, 'shop')).toBeUndefined();
  expect(await cluster.list(SERVICE_ACCOUNTS, 'shop')).toEqual([]);

  // What was under way when it went.
  await cluster.create(CONFIG_MAPS, { metadata: { name: 'late', namespace: 'shop' } });
  await cluster.settle();
  await cluster.pass(61_000);
  await cluster.settle();
  expect(await cluster.list(CONFIG_MAPS, 'shop')).toEqual([]);
});

test('a service has its endpoints, in both forms, and all nodes hear of it', async () => {
  await cluster.create(DEPLOYMENTS, deployment('web', 2));
  await cluster.create(SERVICES, service('web'));
  await cluster.create(SERVICES, service('external', { selector: undefined, clusterIP: '10.0.0.10', clusterIPs: ['10.0.0.10'] }));
  await cluster.settle();
  const pods = await cluster.list<Pod>(PODS);
  const ips = pods.map((pod) => pod.status?.podIP ?? '').sort();
  const [slice, ...others] = await cluster.list<EndpointSlice>(SLICES);
  expect(others).toEqual([]);
  expect(slice?.metadata.labels).toMatchObject({ 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' });
  expect(slice?.ports).toEqual([{ name: '', port: 80, protocol: 'TCP' }]);
  expect(slice?.endpoints?.map(({ addresses }) => addresses[0]).sort()).toEqual(ips);
  expect(slice?.endpoints?.[0]?.conditions).toEqual({ ready: true, serving: true, terminating: false });
  const endpoints = await cluster.get<Endpoints>(ENDPOINTS, 'web');
  expect(endpoints?.subsets?.map(({ addresses, ports }) => [addresses?.map(({ ip }) => ip), ports])).toEqual([[ips, [{ port: 80, protocol: 'TCP' }]]]);
  expect(await cluster.get(ENDPOINTS, 'external')).toBeUndefined();

  cluster.wakes.length = 0;
  await cluster.store.delete({ resource: PODS, namespace: 'default', name: pods[0]?.metadata.name ?? '' });
  await cluster.settle({ kubelet: () => 'silent' });
  const going = (await cluster.list<EndpointSlice>(SLICES))[0]?.endpoints?.find(({ targetRef }) => targetRef?.uid === pods[0]?.metadata.uid);
  expect(going?.conditions).toEqual({ ready: false, serving: true, terminating: true });
  expect(cluster.wakes).toContain('n1');

  await cluster.store.delete({ resource: SERVICES, namespace: 'default', name: 'web' });
  await cluster.settle();
  expect(await cluster.list(SLICES)).toEqual([]);
  expect(await cluster.get(ENDPOINTS, 'web')).toBeUndefined();
});

test('a node that falls silent is tainted; its pods are evicted when they tolerate it no longer, and start elsewhere', async () => {
  const tolerations = [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }];
  const web = deployment('web', 2);
  web.spec!.template.spec!.tolerations = tolerations;
  await cluster.addNode('n2');
  await cluster.create(DEPLOYMENTS, web);
  await cluster.settle();
  await cluster.pass(40_000, ['n1']);
  await cluster.settle();
  const silent = { kubelet: (pod: Pod): 'silent' | 'ready' => (pod.spec?.nodeName === 'n1' ? 'silent' : 'ready') };
  await cluster.pass(20_000, ['n1']);
  await cluster.settle(silent);
  const node = await cluster.get(NODES, 'n1');
  expect(node?.spec).toMatchObject({ taints: [expect.objectContaining({ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }), expect.objectContaining({ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' })] });
  const placed = async (): Promise<string[]> => (await cluster.list<Pod>(PODS)).filter((pod) => pod.metadata.deletionTimestamp === undefined).map((pod) => pod.spec?.nodeName ?? '').sort();
  expect(await placed()).toEqual(['n1', 'n2']);
  await cluster.pass(310_000, ['n1']);
  await cluster.settle(silent);
  expect(await placed()).toEqual(['n2', 'n2']);
  // The node is given up: nobody will ever confirm that its pods have stopped.
  await cluster.store.delete({ resource: NODES, name: 'n1' });
  await cluster.settle(silent);
  expect(await cluster.list(PODS)).toHaveLength(2);
});

test('a node that speaks again is ready again, and so are its pods', async () => {
  const web = deployment('web', 1);
  web.spec!.template.spec!.tolerations = [{ operator: 'Exists' }];
  await cluster.create(DEPLOYMENTS, web);
  await cluster.settle();
  await cluster.pass(60_000, ['n1']);
  await cluster.settle({ kubelet: () => 'silent' });
  const readyOfPods = async () => (await cluster.list<Pod>(PODS)).map(isPodReady);
  expect(await readyOfPods()).toEqual([false]);
  await cluster.pass(6_000);
  await cluster.settle({ kubelet: () => 'silent' });
  expect(await readyOfPods()).toEqual([true]);
  const node = await cluster.get(NODES, 'n1');
  expect(node?.status).toMatchObject({ conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True', reason: 'KubeletReady' })]) as unknown });
  expect((node?.spec as { taints?: unknown[] }).taints ?? []).toEqual([]);
});
