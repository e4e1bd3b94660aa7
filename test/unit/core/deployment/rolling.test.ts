import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '#api/schema/kinds.generated';
import { availableOf, replicasOf, rolloutLimits, sum } from '#core/deployment/limits';
import { planDeployment } from '#core/deployment/plan';
import type { DeploymentPlan } from '#core/deployment/plan';
import { isComplete } from '#core/deployment/progress';
import { seededRandom } from '#test/support/ids';

// A deployment, its replica sets and their pods as counts: the replica set controller and the kubelets are dice.
interface World {
  deployment: Deployment;
  sets: ReplicaSet[];
  nowMs: number;
}

const size = fc.integer({ min: 0, max: 12 });
const bound = fc.oneof(fc.nat(6), fc.nat(100).map((percent) => `${percent}%`));

test('a rollout keeps its bounds at every step, whatever is ready when, and reaches its end', () => {
  fc.assert(
    fc.property(fc.record({ replicas: size, scaled: size, maxSurge: bound, maxUnavailable: bound, seed: fc.integer() }), ({ seed, scaled, ...deployment }) => {
      const random = seededRandom(seed);
      const world = createWorld(deployment);
      settle(world, random, { mustHold: false });
      setImage(world, 'v2');
      settle(world, random, { mustHold: true });
      // A scaling in the middle of a rollout, then a rollback.
      setImage(world, 'v3');
      for (let i = 0; i < 4; i++) step(world, random);
      world.deployment.spec!.replicas = scaled;
      settle(world, random, { mustHold: false });
      setImage(world, 'v1');
      settle(world, random, { mustHold: true });
      expect(current(world).map((set) => set.spec?.template?.spec?.containers[0]?.image)).toEqual(scaled === 0 ? [] : ['v1']);
    }),
    { numRuns: 200 },
  );
});

test('the last revisions are kept, the eldest go', () => {
  const world = createWorld({ replicas: 2, maxSurge: 1, maxUnavailable: 0 });
  world.deployment.spec!.revisionHistoryLimit = 2;
  for (const image of ['v1', 'v2', 'v3', 'v4', 'v5']) {
    setImage(world, image);
    settle(world, seededRandom(1), { mustHold: false });
  }
  expect(world.sets.map((set) => set.metadata.annotations?.['deployment.kubernetes.io/revision']).sort()).toEqual(['3', '4', '5']);
});

test('a rollback gets the next revision and remembers its old one', () => {
  const world = createWorld({ replicas: 1, maxSurge: 1, maxUnavailable: 0 });
  for (const image of ['v1', 'v2', 'v1']) {
    setImage(world, image);
    settle(world, seededRandom(1), { mustHold: false });
  }
  const back = current(world)[0];
  expect(back?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' });
  expect(world.deployment.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
});

test('a revision beyond what a JavaScript number holds is counted on from exactly', () => {
  const world = createWorld({ replicas: 1, maxSurge: 1, maxUnavailable: 0 });
  setImage(world, 'v1');
  settle(world, seededRandom(1), { mustHold: false });
  current(world)[0]!.metadata.annotations!['deployment.kubernetes.io/revision'] = '3546343826724305832';
  setImage(world, 'v2');
  settle(world, seededRandom(1), { mustHold: false });
  expect(world.deployment.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3546343826724305833');
});

test('pods that never become ready stop the rollout and, after the deadline, say so', () => {
  const world = createWorld({ replicas: 4, maxSurge: 1, maxUnavailable: 1 });
  settle(world, seededRandom(1), { mustHold: false });
  setImage(world, 'bad');
  for (let i = 0; i < 50; i++) {
    applyPlan(world, plan(world));
    runReplicaSets(world, () => 1, (set) => set.spec?.template?.spec?.containers[0]?.image !== 'bad');
  }
  expect(sum(world.sets, availableOf)).toBe(3);
  expect(plan(world).afterMs).toBeGreaterThan(0);
  world.nowMs += 601_000;
  applyPlan(world, plan(world));
  expect(world.deployment.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: expect.stringMatching(/^ReplicaSet "web-.*" has timed out progressing\.$/) as string }),
  );
});

test('Recreate starts the new pods when the last old one is gone', () => {
  const world = createWorld({ replicas: 3, maxSurge: 0, maxUnavailable: 0 });
  world.deployment.spec!.strategy = { type: 'Recreate' };
  settle(world, seededRandom(1), { mustHold: false });
  setImage(world, 'v2');
  for (let i = 0; i < 40; i++) {
    step(world, seededRandom(i));
    const running = world.sets.filter((set) => (set.status?.replicas ?? 0) > 0);
    expect(running.length).toBeLessThan(2);
  }
  expect(isComplete(world.deployment, world.deployment.status ?? {})).toBe(true);
});

test('a paused deployment scales but does not roll', () => {
  const world = createWorld({ replicas: 2, maxSurge: 1, maxUnavailable: 0 });
  settle(world, seededRandom(1), { mustHold: false });
  world.deployment.spec!.paused = true;
  setImage(world, 'v2');
  world.deployment.spec!.replicas = 5;
  for (let i = 0; i < 10; i++) step(world, seededRandom(i));
  expect(world.sets).toHaveLength(1);
  expect(replicasOf(world.sets[0]!)).toBe(5);
  expect(world.deployment.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused' }));
});

function createWorld({ replicas, maxSurge, maxUnavailable }: { replicas: number; maxSurge: number | string; maxUnavailable: number | string }): World {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'v1' }] } };
  const spec = { replicas, progressDeadlineSeconds: 600, revisionHistoryLimit: 10, selector: { matchLabels: { app: 'web' } }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }, template };
  return { deployment: { metadata: { name: 'web', namespace: 'default', uid: 'd', generation: 1 }, spec }, sets: [], nowMs: Date.UTC(2026, 0, 1) };
}

function setImage({ deployment }: World, image: string): void {
  deployment.spec!.template.spec!.containers = [{ name: 'c', image }];
  deployment.metadata.generation = (deployment.metadata.generation ?? 0) + 1;
}

function settle(world: World, random: () => number, { mustHold }: { mustHold: boolean }): void {
  const before = { total: sum(world.sets, replicasOf), available: sum(world.sets, availableOf) };
  for (let i = 0; i < 600; i++) {
    step(world, random);
    if (mustHold) holds(world, before);
    const { status } = world.deployment;
    if (status !== undefined && isComplete(world.deployment, status) && world.sets.every((set) => replicasOf(set) === (set.status?.replicas ?? 0)) && i > 3) return;
  }
  throw new Error(`does not end: ${JSON.stringify(world.sets.map((set) => [set.spec?.replicas, set.status]))} ${JSON.stringify(world.deployment)}`);
}

function holds({ deployment, sets }: World, before: { total: number; available: number }): void {
  const { replicas, maxSurge, maxUnavailable } = rolloutLimits(deployment);
  expect(sum(sets, replicasOf)).toBeLessThanOrEqual(Math.max(replicas + maxSurge, before.total));
  expect(sum(sets, availableOf)).toBeGreaterThanOrEqual(Math.min(replicas - maxUnavailable, before.available));
}

function step(world: World, random: () => number): void {
  world.nowMs += 1000;
  if (random() < 0.6) applyPlan(world, plan(world));
  if (random() < 0.7) runReplicaSets(world, random, () => true);
}

function plan({ deployment, sets, nowMs }: World): DeploymentPlan {
  return planDeployment({ deployment, replicaSets: sets, podsOf: () => [], nowMs });
}

function applyPlan(world: World, { create, changes, remove, revision, status }: DeploymentPlan): void {
  if (create !== undefined) {
    expect(world.sets.map(({ metadata }) => metadata.name)).not.toContain(create.metadata.name);
    const created = structuredClone(create);
    Object.assign(created.metadata, { uid: create.metadata.name, generation: 1, creationTimestamp: new Date(world.nowMs).toISOString() });
    world.sets.push(created);
  }
  for (const { set, replicas, annotations } of changes) {
    if (replicas !== undefined) set.spec!.replicas = replicas;
    set.metadata.annotations = { ...set.metadata.annotations, ...annotations };
    set.metadata.generation = (set.metadata.generation ?? 0) + 1;
  }
  world.sets = world.sets.filter((set) => !remove.includes(set));
  if (revision !== undefined) world.deployment.metadata.annotations = { 'deployment.kubernetes.io/revision': revision };
  world.deployment.status = status;
}

// Pods come and go one by one; a set that shrinks gives up what is not available first.
function runReplicaSets({ sets }: World, random: () => number, canBeReady: (set: ReplicaSet) => boolean): void {
  for (const set of sets) {
    if (random() < 0.3) continue;
    const replicas = replicasOf(set);
    const available = Math.min(replicas, canBeReady(set) ? Math.min(set.status?.replicas ?? 0, availableOf(set) + Math.ceil(random() * 2)) : 0);
    set.status = { replicas, readyReplicas: available, availableReplicas: available, observedGeneration: set.metadata.generation ?? 0 };
  }
}

function current({ sets }: World): ReplicaSet[] {
  return sets.filter((set) => replicasOf(set) > 0);
}
