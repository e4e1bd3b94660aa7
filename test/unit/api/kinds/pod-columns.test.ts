import { expect, test } from 'vitest';
import { humanDuration } from '#api/kinds/columns';
import { podColumns } from '#api/kinds/pod-columns';
import { qosClass } from '#api/kinds/qos-class';
import type { ContainerState, ContainerStatus, Pod, PodSpec, PodStatus } from '#api/schema/kinds.generated';

const NOW = Date.parse('2026-01-01T00:10:00Z');

// [what the pod is like, READY, STATUS, RESTARTS]
const CASES: [string, Pod, string[]][] = [
  ['new', pod({ phase: 'Pending' }), ['0/1', 'Pending', '0']],
  ['running', pod({ phase: 'Running', containerStatuses: [status({ running: {} }, { ready: true })] }), ['1/1', 'Running', '0']],
  ['waiting', pod({ phase: 'Pending', containerStatuses: [status({ waiting: { reason: 'ImagePullBackOff' } })] }), ['0/1', 'ImagePullBackOff', '0']],
  [
    'restarted',
    pod({ phase: 'Running', containerStatuses: [status({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 3, lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:08:00Z' } } })] }),
    ['0/1', 'CrashLoopBackOff', '3 (2m ago)'],
  ],
  ['ended', pod({ phase: 'Succeeded', containerStatuses: [status({ terminated: { exitCode: 0, reason: 'Completed' } })] }), ['0/1', 'Completed', '0']],
  ['failed without a reason', pod({ phase: 'Failed', containerStatuses: [status({ terminated: { exitCode: 137 } })] }), ['0/1', 'ExitCode:137', '0']],
  ['killed by a signal', pod({ phase: 'Failed', containerStatuses: [status({ terminated: { exitCode: 0, signal: 9 } })] }), ['0/1', 'Signal:9', '0']],
  ['evicted', pod({ phase: 'Failed', reason: 'Evicted' }), ['0/1', 'Evicted', '0']],
  ['preparing', initPod({ phase: 'Pending', initContainerStatuses: [status({ running: {} })] }), ['0/1', 'Init:0/1', '0']],
  ['failing to prepare', initPod({ phase: 'Pending', initContainerStatuses: [status({ terminated: { exitCode: 1, reason: 'Error' } }, { restartCount: 2 })] }), ['0/1', 'Init:Error', '2']],
  ['being deleted', { ...pod({ phase: 'Running', containerStatuses: [status({ running: {} }, { ready: true })] }), metadata: { deletionTimestamp: '2026-01-01T00:09:00Z' } }, ['1/1', 'Terminating', '0']],
];

test.each(CASES)('a pod that is %s', (_name, object, expected) => {
  expect(podColumns.slice(1, 4).map(({ cell }) => cell(object, NOW))).toEqual(expected);
});

test('ages have one unit, or two while both say something', () => {
  const seconds = { 45: '45s', 119: '119s', 125: '2m5s', 600: '10m', 10800: '3h', 11100: '3h5m', 100000: '27h', 200000: '2d7h', 864000: '10d' };
  expect(Object.entries(seconds).filter(([s, text]) => humanDuration(Number(s) * 1000) !== text)).toEqual([]);
});

test('the quality of service follows requests and limits', () => {
  const classOf = (resources: NonNullable<PodSpec['containers'][number]['resources']>) => qosClass({ containers: [{ name: 'a', resources }] });
  expect(classOf({})).toBe('BestEffort');
  expect(classOf({ requests: { cpu: '1' } })).toBe('Burstable');
  expect(classOf({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } })).toBe('Guaranteed');
  expect(classOf({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } })).toBe('Burstable');
});

function pod(podStatus: PodStatus): Pod {
  return { metadata: { name: 'web' }, spec: { containers: [{ name: 'main' }] }, status: podStatus };
}

function initPod(podStatus: PodStatus): Pod {
  return { ...pod(podStatus), spec: { containers: [{ name: 'main' }], initContainers: [{ name: 'main' }] } };
}

function status(state: ContainerState, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state, ...more };
}
