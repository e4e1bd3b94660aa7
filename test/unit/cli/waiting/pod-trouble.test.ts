import { expect, test } from 'vitest';
import type { ContainerStatus, Pod } from '#api/schema/kinds.generated';
import { podTrouble } from '#cli/waiting/pod-trouble';

const container = (more: Partial<ContainerStatus>): ContainerStatus => ({ name: 'web', ready: false, restartCount: 0, image: 'web', imageID: '', ...more });
const pod = (status: Pod['status'], metadata = {}): Pod => ({ metadata, ...(status === undefined ? {} : { status }) });

test.each<[string, Pod, string | undefined]>([
  ['new', pod({}), undefined],
  ['being made', pod({ phase: 'Pending', containerStatuses: [container({ state: { waiting: { reason: 'ContainerCreating' } } })] }), undefined],
  ['ready', pod({ phase: 'Running', containerStatuses: [container({ ready: true, state: { running: {} } })] }), undefined],
  ['ended well', pod({ phase: 'Succeeded', containerStatuses: [container({ state: { terminated: { exitCode: 0 } } })] }), undefined],
  ['no node', pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available: 1 Insufficient cpu.' }] }), 'Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.'],
  ['no image', pod({ containerStatuses: [container({ state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } } })] }), 'ImagePullBackOff: Back-off pulling image "x"'],
  ['an init container first', pod({ initContainerStatuses: [container({ state: { waiting: { reason: 'ErrImagePull' } } })], containerStatuses: [container({ state: { waiting: { reason: 'PodInitializing' } } })] }), 'ErrImagePull'],
  [
    'ends again and again',
    pod({ phase: 'Running', containerStatuses: [container({ restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } })] }),
    'CrashLoopBackOff: container web ended with exit code 137 (OOMKilled), restarted 3 times',
  ],
  ['ended badly', pod({ phase: 'Failed', containerStatuses: [container({ state: { terminated: { exitCode: 2, reason: 'Error' } } })] }), 'container web ended with exit code 2 (Error)'],
  ['not ready', pod({ phase: 'Running', containerStatuses: [container({ state: { running: {} } })] }), 'container web runs, but its readiness probe has not succeeded'],
  ['going away', pod({ phase: 'Running', containerStatuses: [container({ state: { terminated: { exitCode: 143 } } })] }, { deletionTimestamp: '2026-01-01T00:00:00Z' }), undefined],
])('%s', (_what, subject, expected) => {
  expect(podTrouble(subject)).toBe(expected);
});
