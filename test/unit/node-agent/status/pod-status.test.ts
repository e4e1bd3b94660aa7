import { describe, expect, test } from 'vitest';
import type { Container } from '#api/schema/kinds.generated';
import type { Pod } from '#node-agent/pod';
import type { ObservedContainer, ObservedPod } from '#node-agent/runtime/runtime';
import { podStatus, type PodStatusInput } from '#node-agent/status/pod-status';
import { statusChange } from '#node-agent/status/status-reporter';
import { freshMemory } from '#node-agent/sync/pod-memory';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const app: Container = { name: 'app', image: 'a:1' };
const init: Container = { name: 'init', image: 'i:1' };

const podOf = (spec: Partial<Pod['spec']> = {}, status?: Pod['status']): Pod => ({ metadata: { uid: 'u', name: 'p', namespace: 'n', generation: 1 }, spec: { containers: [app], ...spec }, ...(status === undefined ? {} : { status }) });
const observed = (over: Partial<ObservedContainer> & { name: string }): ObservedContainer => ({ id: `${over.name}-id`, attempt: 0, state: 'running', sandboxId: 's', image: 'x', imageId: 'sha256:1', specHash: '', createdAtMs: NOW, startedAtMs: NOW, ...over });
const seen = (...containers: ObservedContainer[]): ObservedPod => ({ uid: 'u', namespace: 'n', name: 'p', sandboxes: [{ id: 's', attempt: 0, running: true, pid: 1, createdAtMs: 0 }], containers });
const status = (over: Partial<PodStatusInput>) =>
  podStatus({ pod: podOf(), observed: undefined, memory: freshMemory(NOW), health: new Map(), problems: new Map(), backingOff: new Map(), runtimeName: 'docker', hostIp: '192.0.2.1', podIp: '10.0.0.2', networkReady: true, nowMs: NOW, ...over }).status;
const conditions = (over: Partial<PodStatusInput>) => Object.fromEntries((status(over).conditions ?? []).map(({ type, status: verdict }) => [type, verdict]));
const exited = (exitCode: number) => ({ state: 'exited' as const, exitCode, finishedAtMs: NOW });

test('a pod that was just bound is Pending, its container being created', () => {
  const { phase, containerStatuses, podIP, startTime } = status({ networkReady: false });
  expect([phase, podIP, startTime]).toEqual(['Pending', undefined, '2026-01-01T00:01:00Z']);
  expect(containerStatuses).toEqual([{ name: 'app', state: { waiting: { reason: 'ContainerCreating' } }, lastState: {}, ready: false, restartCount: 0, image: 'a:1', imageID: '', started: false }]);
});

test('a running, ready pod', () => {
  const over = { observed: seen(observed({ name: 'app' })), health: new Map([['app-id', { started: true, ready: true }]]) };
  expect(status(over)).toMatchObject({ phase: 'Running', podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }], hostIP: '192.0.2.1', observedGeneration: 1 });
  expect(status(over).containerStatuses).toMatchObject([{ ready: true, started: true, containerID: 'docker://app-id', state: { running: { startedAt: '2026-01-01T00:01:00Z' } } }]);
  expect(conditions(over)).toEqual({ PodReadyToStartContainers: 'True', Initialized: 'True', Ready: 'True', ContainersReady: 'True', PodScheduled: 'True' });
});

test('an init container that runs is not ready: it is there to end', () => {
  const over = { pod: podOf({ initContainers: [init] }), observed: seen(observed({ name: 'init' })), health: new Map([['init-id', { started: true, ready: true }]]) };
  expect(status(over).initContainerStatuses).toMatchObject([{ ready: false }]);
  const initialized = status(over).conditions?.find(({ type }) => type === 'Initialized');
  expect(initialized).toMatchObject({ status: 'False', message: 'containers with incomplete status: [init]' });
});

test('a crash loop shows what it waits for, and what came before', () => {
  const { containerStatuses, phase } = status({ observed: seen(observed({ name: 'app', attempt: 2, ...exited(3), terminationMessage: 'bye' })), backingOff: new Map([['app', { delayMs: 80_000 }]]) });
  expect(phase).toBe('Running');
  expect(containerStatuses).toMatchObject([
    {
      restartCount: 2,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s restarting failed container=app pod=p_n(u)' } },
      lastState: { terminated: { exitCode: 3, reason: 'Error', message: 'bye' } },
    },
  ]);
});

describe('phase and readiness at the end', () => {
  test.each([
    ['Never', [0], 'Succeeded'],
    ['Never', [1], 'Failed'],
    ['OnFailure', [0], 'Succeeded'],
    ['OnFailure', [1], 'Running'],
    ['Always', [0], 'Running'],
  ])('%s, exit %j: %s', (restartPolicy, codes, phase) => {
    expect(status({ pod: podOf({ restartPolicy }), observed: seen(...codes.map((code) => observed({ name: 'app', ...exited(code) }))) }).phase).toBe(phase);
  });

  test('a failed init container fails a pod that never restarts', () => {
    expect(status({ pod: podOf({ restartPolicy: 'Never', initContainers: [init] }), observed: seen(observed({ name: 'init', ...exited(1) })) }).phase).toBe('Failed');
    expect(status({ pod: podOf({ initContainers: [init] }), observed: seen(observed({ name: 'init', ...exited(1) })) }).phase).toBe('Pending');
  });

  test('a memory kill and a container that could not start have reasons of their own', () => {
    const state = (over: Partial<ObservedContainer>) => status({ pod: podOf({ restartPolicy: 'Never' }), observed: seen(observed({ name: 'app', ...exited(137), ...over })) }).containerStatuses?.[0]?.state?.terminated;
    expect(state({ oomKilled: true })?.reason).toBe('OOMKilled');
    expect(state({ startError: 'no such file' })).toMatchObject({ reason: 'StartError', message: 'no such file' });
  });
});

test('an unchanged condition keeps its time, a changed one gets the present', () => {
  const before = '2025-12-31T00:00:00Z';
  const pod = podOf({}, { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: before }, { type: 'PodScheduled', status: 'True', lastTransitionTime: before }, { type: 'example.com/gate', status: 'True' }] });
  const found = status({ pod, observed: seen(observed({ name: 'app' })), health: new Map([['app-id', { started: true, ready: false }]]) }).conditions ?? [];
  const at = (type: string) => found.find((condition) => condition.type === type)?.lastTransitionTime;
  expect([at('Ready'), at('PodScheduled')]).toEqual(['2026-01-01T00:01:00Z', before]);
  expect(found[0]?.type).toBe('example.com/gate');
  expect(found.find(({ type }) => type === 'Ready')).toMatchObject({ reason: 'ContainersNotReady', message: 'containers with unready status: [app]' });
});

test('only what differs is sent, and what has gone is null', () => {
  const sent = { phase: 'Running', reason: 'X', conditions: [{ type: 'Ready', status: 'True' }] };
  expect(statusChange(sent, { phase: 'Running', conditions: [{ status: 'True', type: 'Ready' }], podIP: '1.2.3.4' })).toEqual({ podIP: '1.2.3.4', reason: null });
  expect(statusChange(sent, { ...sent })).toBeUndefined();
});

test('a pod is over only when all of it is: its sidecar still runs', () => {
  const pod = podOf({ restartPolicy: 'Never', initContainers: [{ name: 'side', image: 's:1', restartPolicy: 'Always' }] });
  const memory = { ...freshMemory(NOW), finalPhase: 'Succeeded' as const };
  const over = (side: Partial<ObservedContainer>) => status({ pod, memory, observed: seen(observed({ name: 'side', ...side }), observed({ name: 'app', ...exited(0) })) }).phase;
  expect([over({}), over(exited(0))]).toEqual(['Running', 'Succeeded']);
  // A container that is being started when the pod's time is over may still come to run; what was said to be over stays so.
  const failed = { memory: { ...freshMemory(NOW), finalPhase: 'Failed' as const, failure: { reason: 'DeadlineExceeded', message: '' } } };
  expect([status({ ...failed, isBusy: true }).reason, status(failed).reason, status({ ...failed, isBusy: true, pod: podOf({}, { phase: 'Failed' }) }).phase]).toEqual([undefined, 'DeadlineExceeded', 'Failed']);
});

test('a container of which nothing is left was running, and will be restarted', () => {
  const pod = podOf({}, { phase: 'Running', containerStatuses: [{ name: 'app', ready: true, restartCount: 1, image: '', imageID: '', containerID: 'docker://x', state: { running: {} } }] });
  expect(status({ pod }).containerStatuses).toMatchObject([{ restartCount: 2, ready: false, state: { waiting: { reason: 'ContainerCreating' } }, lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } }]);
  // Its successor runs: seen first with what the server had before, then with our own report of it.
  const running = { observed: seen(observed({ name: 'app', attempt: 2 })) };
  const [now] = status({ pod, ...running }).containerStatuses ?? [];
  expect(now).toMatchObject({ restartCount: 2, lastState: { terminated: { reason: 'ContainerStatusUnknown' } } });
  expect(status({ pod: podOf({}, { phase: 'Running', containerStatuses: now === undefined ? [] : [now] }), ...running }).containerStatuses).toEqual([now]);
});
