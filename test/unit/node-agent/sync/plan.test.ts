import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Container } from '#api/schema/kinds.generated';
import type { Pod } from '#node-agent/pod';
import type { ObservedContainer, ObservedPod } from '#node-agent/runtime/runtime';
import { planPod, planTermination, type PodView } from '#node-agent/sync/plan';
import { freshMemory } from '#node-agent/sync/pod-memory';
import { specHashOf } from '#node-agent/sync/spec-hash';

const NOW = 1_000_000;
const app: Container = { name: 'app', image: 'a:1' };
const init: Container = { name: 'init', image: 'i:1' };
const sidecar: Container = { name: 'side', image: 's:1', restartPolicy: 'Always' };

const podOf = (spec: Partial<Pod['spec']> = {}): Pod => ({ metadata: { uid: 'u', name: 'p', namespace: 'n' }, spec: { containers: [app], ...spec } });
const container = (of: Container, over: Partial<ObservedContainer> = {}): ObservedContainer => ({ id: `${of.name}-${over.attempt ?? 0}`, name: of.name, attempt: 0, state: 'running', sandboxId: 's0', image: of.image ?? '', imageId: 'x', specHash: specHashOf(of), createdAtMs: NOW - 60_000, startedAtMs: NOW - 60_000, ...over });
const dead = (of: Container, exitCode: number, over: Partial<ObservedContainer> = {}): ObservedContainer => container(of, { state: 'exited', exitCode, finishedAtMs: NOW, ...over });
const seen = (containers: ObservedContainer[], running = true): ObservedPod => ({ uid: 'u', namespace: 'n', name: 'p', sandboxes: [{ id: 's0', attempt: 0, running, pid: 1, createdAtMs: 0 }], containers });
const view = (over: Partial<PodView> = {}): PodView => ({ pod: podOf(), observed: undefined, memory: freshMemory(NOW), health: new Map(), busy: new Set(), blockedUntilMs: new Map(), nowMs: NOW, ...over });
const started = (over: Partial<PodView>): { name: string; attempt: number }[] => planPod(view(over)).start.map(({ container: { name }, attempt }) => ({ name, attempt }));

describe('start', () => {
  test('a new pod: its sandbox, and what comes first beside it', () => {
    const plan = planPod(view());
    expect(plan.createSandbox).toEqual({ attempt: 0 });
    expect(plan.start.map(({ container: { name } }) => name)).toEqual(['app']);
    expect(started({ pod: podOf({ initContainers: [init] }) })).toEqual([{ name: 'init', attempt: 0 }]);
  });

  test('what runs well is left alone', () => {
    const plan = planPod(view({ observed: seen([container(app)]) }));
    expect([plan.start, plan.kill, plan.remove, plan.createSandbox]).toEqual([[], [], [], undefined]);
  });

  test('init containers in order, sidecars once they have started, then the rest', () => {
    const pod = podOf({ initContainers: [sidecar, init] });
    expect(started({ pod, observed: seen([container(sidecar)]) })).toEqual([]);
    const health = new Map([['side-0', { started: true, ready: true }]]);
    expect(started({ pod, health, observed: seen([container(sidecar)]) })).toEqual([{ name: 'init', attempt: 0 }]);
    expect(started({ pod, health, observed: seen([container(sidecar), container(init)]) })).toEqual([]);
    expect(started({ pod, health, observed: seen([container(sidecar), dead(init, 0)]) })).toEqual([{ name: 'app', attempt: 0 }]);
  });

  test('an init container whose end is remembered does not run again', () => {
    expect(started({ pod: podOf({ initContainers: [init] }), observed: seen([]), memory: { ...freshMemory(NOW), initDone: ['init'] } })).toEqual([{ name: 'app', attempt: 0 }]);
  });

  test('a blocked container waits, and the plan says until when', () => {
    const plan = planPod(view({ observed: seen([]), blockedUntilMs: new Map([['app', NOW + 5]]) }));
    expect([plan.start, plan.wakeAtMs]).toEqual([[], NOW + 5]);
  });
});

describe('restart', () => {
  test.each([
    ['Always', 0, true],
    ['Always', 1, true],
    ['OnFailure', 0, false],
    ['OnFailure', 1, true],
    ['Never', 0, false],
    ['Never', 1, false],
  ])('%s after exit %d: %s', (restartPolicy, exitCode, again) => {
    expect(started({ pod: podOf({ restartPolicy }), observed: seen([dead(app, exitCode)]) })).toEqual(again ? [{ name: 'app', attempt: 1 }] : []);
  });

  test('in its back-off a container waits', () => {
    const memory = { ...freshMemory(NOW), backOff: { app: { delayMs: 10_000, sinceMs: NOW - 1_000 } } };
    const plan = planPod(view({ observed: seen([dead(app, 1, { attempt: 1 })]), memory }));
    expect(plan.start).toEqual([]);
    expect(plan.backingOff.get('app')).toEqual({ untilMs: NOW + 10_000, delayMs: 10_000 });
    expect(plan.wakeAtMs).toBe(NOW + 10_000);
  });

  test('a failed probe and a new image end a container', () => {
    expect(planPod(view({ observed: seen([container(app)]), health: new Map([['app-0', { started: true, ready: true, failed: 'liveness' as const }]]) })).kill).toMatchObject([{ id: 'app-0', cause: 'liveness', message: 'Container app failed liveness probe, will be restarted' }]);
    expect(planPod(view({ observed: seen([container({ ...app, image: 'a:0' })]) })).kill).toMatchObject([{ id: 'app-0', cause: 'changed' }]);
  });

  test('a dead sandbox is replaced, its containers ended first', () => {
    const plan = planPod(view({ observed: seen([container(app)], false) }));
    expect(plan.createSandbox).toEqual({ attempt: 1 });
    expect(plan.kill).toMatchObject([{ id: 'app-0', cause: 'sandbox' }]);
  });

  test('a pod whose work is done gets no new sandbox', () => {
    expect(planPod(view({ pod: podOf({ restartPolicy: 'Never' }), observed: seen([dead(app, 0)], false) })).createSandbox).toBeUndefined();
  });
});

describe('end', () => {
  test('sidecars end after the others', () => {
    const pod = podOf({ initContainers: [sidecar] });
    expect(planTermination(view({ pod, observed: seen([container(app), container(sidecar)]) })).kill.map(({ name }) => name)).toEqual(['app']);
    expect(planTermination(view({ pod, observed: seen([dead(app, 0), container(sidecar)]) })).kill.map(({ name }) => name)).toEqual(['side']);
  });

  test('a deadline fails the pod', () => {
    const pod = podOf({ activeDeadlineSeconds: 5 });
    expect(planPod(view({ pod, nowMs: NOW + 4_999, observed: seen([container(app)]) })).wakeAtMs).toBe(NOW + 5_000);
    expect(planPod(view({ pod, nowMs: NOW + 5_000, observed: seen([container(app)]) })).failure?.reason).toBe('DeadlineExceeded');
  });
});

const anyContainer = fc.record({ of: fc.constantFrom(app, init, sidecar), attempt: fc.integer({ min: 0, max: 4 }), state: fc.constantFrom('created' as const, 'running' as const, 'exited' as const), exitCode: fc.integer({ min: 0, max: 2 }), sandboxId: fc.constantFrom('s0', 'gone') });

test('whatever is there: nothing busy is touched, nothing is started twice, no running attempt is removed, and a settled pod has nothing to kill', () => {
  const situation = fc.record({ there: fc.array(anyContainer, { maxLength: 8 }), policy: fc.constantFrom('Always', 'OnFailure', 'Never'), busyNames: fc.subarray(['', 'app', 'init', 'side']), sandboxRuns: fc.boolean(), ending: fc.boolean() });
  fc.assert(
    fc.property(situation, ({ there, policy, busyNames, sandboxRuns, ending }) => {
      const containers = there.map(({ of, attempt, state, exitCode, sandboxId }, i) => container(of, { id: `id${i}`, attempt, state, exitCode, sandboxId, finishedAtMs: NOW - 1 }));
      const one = view({ pod: podOf({ restartPolicy: policy, initContainers: [sidecar, init] }), observed: seen(containers, sandboxRuns), busy: new Set(busyNames) });
      const plan = ending ? planTermination(one) : planPod(one);
      const names = plan.start.map(({ container: { name } }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of [...names, ...plan.kill.map((kill) => kill.name)]) expect(busyNames).not.toContain(name);
      for (const id of plan.remove) expect(containers.find((candidate) => candidate.id === id)?.state).not.toBe('running');
      for (const { name } of plan.kill) expect(containers.some((candidate) => candidate.name === name && candidate.state === 'running')).toBe(true);
      if (plan.settled) expect([plan.kill, plan.start]).toEqual([[], []]);
    }),
    { numRuns: 500 },
  );
});

describe('sidecars, ephemeral containers, rules, and what was lost', () => {
  const other: Container = { name: 'late', image: 's:1', restartPolicy: 'Always' };
  const ends = (containers: ObservedContainer[]) => planTermination(view({ pod: podOf({ initContainers: [sidecar, other] }), observed: seen(containers) })).kill.map(({ name }) => name);

  test('sidecars end after the containers that they serve, in the reverse order of their start', () => {
    expect(ends([container(sidecar), container(other), container(app)])).toEqual(['app']);
    expect(ends([container(sidecar), container(other), dead(app, 0)])).toEqual(['late']);
    expect(ends([container(sidecar), dead(other, 0), dead(app, 0)])).toEqual(['side']);
  });

  test('an ephemeral container runs once, whatever else there is', () => {
    const look: Container = { name: 'look', image: 'l:1' };
    const pod = podOf({ initContainers: [init], ephemeralContainers: [look] });
    expect(started({ pod, observed: seen([container(init)]) })).toEqual([{ name: 'look', attempt: 0 }]);
    expect(started({ pod, observed: seen([container(init), dead(look, 1)]) })).toEqual([]);
  });

  test('a rule by exit code goes before the container\'s policy, and that before the pod\'s', () => {
    const ruled: Container = { ...app, restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] };
    const after = (exitCode: number, restartPolicy: string) => started({ pod: podOf({ containers: [ruled], restartPolicy }), observed: seen([dead(ruled, exitCode)]) }).length;
    expect([after(42, 'Never'), after(1, 'Always'), after(0, 'Never')]).toEqual([1, 0, 0]);
  });

  test('restarts are counted on where nothing is left of a container that has run', () => {
    const known = { name: 'app', restartCount: 2, ready: true, image: '', imageID: '' };
    const pod = (containerID?: string): Pod => ({ ...podOf(), status: { containerStatuses: [{ ...known, ...(containerID === undefined ? {} : { containerID }) }] } });
    expect(started({ pod: pod('docker://x') })).toEqual([{ name: 'app', attempt: 3 }]);
    expect(started({ pod: pod(), observed: seen([]) })).toEqual([{ name: 'app', attempt: 2 }]);
  });
});
