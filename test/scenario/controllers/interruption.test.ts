import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Deployment, EndpointSlice, Pod, ReplicaSet } from '#api/schema/kinds.generated';
import { PortError } from '#ports/errors';
import type { Commit, Table } from '#ports/table';
import { deployment, DEPLOYMENTS, imagesOf, PODS, REPLICA_SETS, SERVICES, SLICES, startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const STEPS = Array.from({ length: 12 }, (_, i) => 1 + i * 8);

test('a loop that dies at any step leaves nothing behind that the next one does not mend', async () => {
  await cluster.addNode('n1');
  await cluster.addNode('n2');
  await cluster.create(DEPLOYMENTS, deployment('web', 3));
  await cluster.create(SERVICES, { metadata: { name: 'web' }, spec: { clusterIP: '10.0.0.9', clusterIPs: ['10.0.0.9'], selector: { app: 'web' }, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] } });
  await cluster.settle();
  for (const [i, step] of STEPS.entries()) {
    const image = `v${i + 2}`;
    await cluster.change<Deployment>(DEPLOYMENTS, 'web', ({ spec }) => (spec!.template.spec!.containers[0]!.image = image));
    // Every other time the last commit is made, and only its answer lost.
    const dying = cluster.loopOver(dyingTable(cluster.table, step, i % 2 === 0), 100 + i);
    await ended(dying.run({ untilMs: cluster.clock.now() + 10_000 }));
    await cluster.settle();
    await expectRolledOut(image);
  }
});

test('two loops at once neither bind a pod twice nor fill a node beyond its room', async () => {
  const nodes = ['n1', 'n2', 'n3'];
  for (const node of nodes) await cluster.addNode(node, { cpu: '1', memory: '1Gi', pods: '10' });
  await cluster.settle();
  for (let round = 0; round < 5; round++) {
    const names = Array.from({ length: 14 }, (_, i) => `p${round}-${i}`);
    for (const name of names) await cluster.create(PODS, { metadata: { name }, spec: { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '300m' } } }] } });
    const loops = [1, 2, 3].map((n) => cluster.loopOver(cluster.table, 1000 + round * 10 + n));
    for (let i = 0; i < 4; i++) await Promise.all(loops.map((loop) => loop.run({ untilMs: cluster.clock.now() + 10_000 })));
    await cluster.settle();
    const pods = await cluster.list<Pod>(PODS);
    expect(nodes.map((node) => pods.filter((pod) => pod.spec?.nodeName === node).length)).toEqual([3, 3, 3]);
    const waiting = pods.find((pod) => pod.spec?.nodeName === undefined);
    expect(waiting?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: expect.stringMatching(/^0\/3 nodes are available: 3 Insufficient cpu\. /) as string }),
    );
    for (const { metadata } of pods) await cluster.store.delete({ resource: PODS, namespace: 'default', name: metadata.name ?? '' }, { gracePeriodSeconds: 0 });
  }
  expect(cluster.failures).toEqual([]);
});

test('a decider whose bind comes late finds the room taken', async () => {
  await cluster.addNode('n1', { cpu: '1', memory: '1Gi', pods: '10' });
  await cluster.settle();
  const pod = (name: string, priority: number) => ({ metadata: { name }, spec: { priority, containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '800m' } } }] } });
  await cluster.create(PODS, pod('first', 0));
  // The slow one has decided for `first`; before it commits, a more important pod comes and another loop binds that one.
  const gate = gatedTable(cluster.table);
  const slow = cluster.loopOver(gate.table, 2001).run({ untilMs: cluster.clock.now() + 10_000 });
  await gate.reached;
  await cluster.create(PODS, pod('second', 1000));
  await cluster.settle();
  expect((await cluster.get<Pod>(PODS, 'second'))?.spec?.nodeName).toBe('n1');
  gate.open();
  await slow;
  await cluster.settle();
  expect((await cluster.get<Pod>(PODS, 'first'))?.spec?.nodeName).toBeUndefined();
});

test('what a decider is about to bind has its place, also for one who decides meanwhile', async () => {
  await cluster.addNode('n1', { cpu: '1', memory: '1Gi', pods: '10' });
  await cluster.settle();
  const pod = (name: string, priority: number) => ({ metadata: { name }, spec: { priority, preemptionPolicy: 'Never', containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '400m' } } }] } });
  await cluster.create(PODS, pod('first', 0));
  await cluster.create(PODS, pod('second', 0));
  // The slow one has bound `first`, and promised the node to `second`; then one comes that would be placed before it.
  const gate = gatedTable(cluster.table, ({ claims = [] }) => claims.length === 0);
  const slow = cluster.loopOver(gate.table, 2002).run({ untilMs: cluster.clock.now() + 10_000 });
  await gate.reached;
  await cluster.create(PODS, pod('third', 1000));
  await cluster.settle();
  gate.open();
  await slow;
  await cluster.settle();
  const nodes = await Promise.all(['first', 'second', 'third'].map(async (name) => (await cluster.get<Pod>(PODS, name))?.spec?.nodeName));
  expect(nodes).toEqual(['n1', 'n1', undefined]);
});

test('a pod that waits is bound when there is room', async () => {
  await cluster.addNode('n1', { cpu: '1', memory: '1Gi', pods: '10' });
  await cluster.create(DEPLOYMENTS, deployment('web', 3, { cpu: '400m' }));
  await cluster.settle();
  expect((await cluster.list<Pod>(PODS)).filter((pod) => pod.spec?.nodeName).length).toBe(2);
  await cluster.addNode('n2', { cpu: '1', memory: '1Gi', pods: '10' });
  await cluster.settle();
  expect((await cluster.list<Pod>(PODS)).map((pod) => pod.spec?.nodeName).sort()).toEqual(['n1', 'n1', 'n2']);
});

async function expectRolledOut(image: string): Promise<void> {
  expect(imagesOf(await cluster.list<Pod>(PODS))).toEqual([image, image, image]);
  const sets = await cluster.list<ReplicaSet>(REPLICA_SETS);
  expect(sets.filter((set) => (set.spec?.replicas ?? 0) > 0)).toHaveLength(1);
  expect(sets.length).toBeLessThanOrEqual(11);
  const web = await cluster.get<Deployment>(DEPLOYMENTS, 'web');
  expect(web?.status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
  const slices = await cluster.list<EndpointSlice>(SLICES);
  expect(slices.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions?.ready)).toHaveLength(3);
}

// What it still pauses for passes at once.
async function ended(run: Promise<void>): Promise<void> {
  let isOver = false;
  const over = run.catch(() => undefined).finally(() => (isOver = true));
  while (!isOver) await cluster.clock.advance(cluster.clock.sleeping > 0 ? 100 : 0);
  await over;
}

// Answers `steps` calls, then nothing any more, as a process that was killed.
function dyingTable(table: Table, steps: number, commitsLast: boolean): Table {
  let left = steps;
  return new Proxy(table, {
    get(target, method) {
      const call = (target as unknown as Record<string | symbol, unknown>)[method];
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]): Promise<unknown> => {
        const isLast = left === 0 && commitsLast && method === 'commit';
        if (--left < 0 && !isLast) throw new PortError('Unavailable', 'the process was killed');
        const answer: unknown = await (call as (...given: unknown[]) => unknown).apply(target, args);
        if (isLast) throw new PortError('Unavailable', 'the process was killed');
        return answer;
      };
    },
  });
}

// Holds back the commits that give a pod its node, or some of them.
function gatedTable(table: Table, isHeld: (commit: Commit) => boolean = () => true): { table: Table; reached: Promise<void>; open(): void } {
  let open = (): void => undefined;
  let reach = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const commit: Table['commit'] = async (commit) => {
    if (commit.writes.some(({ indexes }) => indexes?.some(({ index }) => index === 'node')) && isHeld(commit)) {
      reach();
      await opened;
    }
    return table.commit(commit);
  };
  const gated = new Proxy(table, {
    get(target, method) {
      if (method === 'commit') return commit;
      const call: unknown = Reflect.get(target, method);
      return typeof call === 'function' ? (call.bind(target) as unknown) : call;
    },
  });
  return { table: gated, reached, open: () => open() };
}
