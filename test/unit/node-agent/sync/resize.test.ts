import { expect, test } from 'vitest';
import type { Container } from '#api/schema/kinds.generated';
import type { ObservedContainer, ObservedPod, ResourceLimits } from '#node-agent/runtime/runtime';
import { planPod } from '#node-agent/sync/plan';
import { freshMemory } from '#node-agent/sync/pod-memory';
import { specHashOf } from '#node-agent/sync/spec-hash';

const sized: Container = { name: 'c', image: 'i', resources: { requests: { cpu: '500m' }, limits: { cpu: '1', memory: '1Ki' } } };
const LIMITS = { cpuShares: 512, cpuQuotaMicros: 100_000, memoryBytes: 1024 };

function resizes(container: Container, limits: ResourceLimits | undefined, resized = new Map<string, string>()): unknown {
  const running: ObservedContainer = { id: 'id', name: 'c', attempt: 0, state: 'running', sandboxId: 's', image: 'i', imageId: 'i', specHash: specHashOf(container), createdAtMs: 0, ...(limits === undefined ? {} : { limits }) };
  const observed: ObservedPod = { uid: 'u', namespace: 'n', name: 'p', sandboxes: [{ id: 's', attempt: 0, running: true, pid: 1, createdAtMs: 0 }], containers: [running] };
  return planPod({ pod: { metadata: {}, spec: { containers: [container] } }, observed, memory: freshMemory(0), health: new Map(), resized, busy: new Set(), blockedUntilMs: new Map(), nowMs: 0 }).resize;
}

test('a container that has what it is to have is left alone, and so is one whose runtime does not limit', () => {
  expect(resizes(sized, LIMITS)).toEqual([]);
  expect(resizes(sized, undefined)).toEqual([]);
  expect(resizes({ name: 'c', image: 'i' }, { cpuShares: 2 })).toEqual([]);
});

test('what differs is given, by a restart only where the container wants that for just this resource', () => {
  const wants = (resourceName: string): Container => ({ ...sized, resizePolicy: [{ resourceName, restartPolicy: 'RestartContainer' }] });
  expect(resizes(sized, { ...LIMITS, memoryBytes: 512 })).toEqual([{ id: 'id', name: 'c', limits: LIMITS, needsRestart: false }]);
  expect(resizes(wants('cpu'), { ...LIMITS, memoryBytes: 512 })).toMatchObject([{ needsRestart: false }]);
  expect(resizes(wants('memory'), { ...LIMITS, memoryBytes: 512 })).toMatchObject([{ needsRestart: true }]);
});

test('a kernel that does not take a limit is asked once', () => {
  expect(resizes(sized, { cpuShares: 512, memoryBytes: 1024 }, new Map([['c', JSON.stringify(LIMITS)]]))).toEqual([]);
});
