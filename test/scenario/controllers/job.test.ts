import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event, Job, Pod } from '#api/schema/kinds.generated';
import { EVENTS, JOBS, PODS, startCluster } from './cluster.ts';
import type { Cluster, Kubelet } from './cluster.ts';

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.addNode('n1');
});
afterEach(() => cluster.close());

const succeed: Kubelet = () => 'succeeded';
const fail: Kubelet = () => 'failed';

test('completions, a few at a time; each pod counts once, also one that somebody deletes', async () => {
  await cluster.create(JOBS, job('work', { completions: 3, parallelism: 2 }));
  await cluster.settle();
  expect(await cluster.list(PODS)).toHaveLength(2);
  expect((await status('work')).active).toBe(2);
  await cluster.settle({ kubelet: succeed });
  expect(await status('work')).toMatchObject({ succeeded: 3, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
  expect(await conditions('work')).toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']);
  const pods = await cluster.list<Pod>(PODS);
  expect(pods.map(({ metadata }) => metadata.finalizers)).toEqual([undefined, undefined, undefined]);
  await cluster.store.delete({ resource: PODS, namespace: 'default', name: pods[0]?.metadata.name ?? '' });
  await cluster.settle();
  expect((await status('work')).succeeded).toBe(3);
  expect((await cluster.list<Event>(EVENTS)).filter(({ source }) => source?.component === 'job-controller').map(({ reason }) => reason).sort()).toEqual(['Completed', 'SuccessfulCreate', 'SuccessfulCreate', 'SuccessfulCreate']);
  expect(cluster.failures).toEqual([]);
});

test('each index once, by name', async () => {
  await cluster.create(JOBS, job('ix', { completions: 2, parallelism: 2, completionMode: 'Indexed' }));
  await cluster.settle();
  const pods = await cluster.list<Pod>(PODS);
  expect(pods.map(({ spec }) => spec?.hostname).sort()).toEqual(['ix-0', 'ix-1']);
  expect(pods[0]?.spec?.containers[0]?.env).toEqual([{ name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } } }]);
  await cluster.settle({ kubelet: succeed });
  expect(await status('ix')).toMatchObject({ succeeded: 2, completedIndexes: '0,1' });
});

test('failures are tried again, later and later, up to the limit', async () => {
  await cluster.create(JOBS, job('bad', { backoffLimit: 1 }));
  await cluster.settle({ kubelet: fail });
  expect(await cluster.list(PODS)).toHaveLength(1);
  expect(await conditions('bad')).toEqual([]);
  await cluster.pass(20_000);
  await cluster.settle({ kubelet: fail });
  expect(await cluster.list(PODS)).toHaveLength(2);
  expect(await status('bad')).toMatchObject({ failed: 2 });
  expect(await conditions('bad')).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
});

test('a failure policy ends it at once; a limit for each index ends that index alone', async () => {
  const podFailurePolicy = { rules: [{ action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] };
  await cluster.create(JOBS, job('strict', { podFailurePolicy }));
  await cluster.create(JOBS, job('each', { completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 0 }));
  await cluster.settle();
  const strictPod = (await cluster.list<Pod>(PODS)).find(({ metadata }) => metadata.name?.startsWith('strict'));
  const name = strictPod?.metadata.name ?? '';
  const failed = { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True' }] };
  await cluster.store.update({ resource: PODS, namespace: 'default', name }, (current) => ({ ...current, status: failed }), { subresource: 'status' });
  await cluster.settle({ kubelet: ({ metadata }) => (metadata.name?.startsWith('each-0') ? 'failed' : 'succeeded') });
  expect(await conditions('strict')).toEqual(['FailureTarget PodFailurePolicy', 'Failed PodFailurePolicy']);
  expect((await status('strict')).conditions?.[1]?.message).toBe(`Pod default/${name} has condition DisruptionTarget matching FailJob rule at index 0`);
  expect(await conditions('each')).toEqual(['FailureTarget FailedIndexes', 'Failed FailedIndexes']);
  expect(await status('each')).toMatchObject({ completedIndexes: '1', failedIndexes: '0', succeeded: 1, failed: 1 });
});

test('an index that may fail again does so after a while, and what has failed of it is not forgotten', async () => {
  await cluster.create(JOBS, job('again', { completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 1 }));
  const firstFails: Kubelet = ({ metadata }) => (metadata.name?.startsWith('again-0') ? 'failed' : 'succeeded');
  await cluster.settle({ kubelet: firstFails });
  const first = (await cluster.list<Pod>(PODS)).find(({ metadata }) => metadata.name?.startsWith('again-0'));
  await cluster.store.delete({ resource: PODS, namespace: 'default', name: first?.metadata.name ?? '' });
  await cluster.pass(20_000);
  await cluster.settle({ kubelet: firstFails });
  expect(await conditions('again')).toEqual(['FailureTarget FailedIndexes', 'Failed FailedIndexes']);
  expect(await status('again')).toMatchObject({ completedIndexes: '1', failedIndexes: '0', succeeded: 1, failed: 2, uncountedTerminatedPods: {} });
  expect((await cluster.list<Pod>(PODS)).flatMap(({ metadata }) => metadata.finalizers ?? [])).toEqual([]);
});

test('suspended it has no pods; a deadline ends it; time removes it', async () => {
  await cluster.create(JOBS, job('late', { suspend: true, activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 100 }));
  await cluster.settle();
  expect(await cluster.list(PODS)).toEqual([]);
  expect(await conditions('late')).toEqual(['Suspended JobSuspended']);
  await cluster.change<Job>(JOBS, 'late', ({ spec }) => spec !== undefined && (spec.suspend = false));
  await cluster.settle();
  expect(await cluster.list(PODS)).toHaveLength(1);
  await cluster.pass(61_000);
  await cluster.settle();
  expect(await conditions('late')).toEqual(['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded']);
  expect(await cluster.list(PODS)).toEqual([]);
  await cluster.pass(101_000);
  await cluster.settle();
  expect(await cluster.list(JOBS)).toEqual([]);
});

test('a job that is deleted takes its pods along, counted or not', async () => {
  await cluster.create(JOBS, job('gone'));
  await cluster.settle();
  await cluster.store.delete({ resource: JOBS, namespace: 'default', name: 'gone' }, { propagationPolicy: 'Background' });
  await cluster.settle();
  expect(await cluster.list(PODS)).toEqual([]);
});

async function status(name: string): Promise<NonNullable<Job['status']>> {
  return (await cluster.get<Job>(JOBS, name))?.status ?? {};
}

async function conditions(name: string): Promise<string[]> {
  const all = (await status(name)).conditions ?? [];
  return all.filter((condition) => condition.status === 'True').map(({ type, reason }) => `${type} ${reason}`);
}

function job(name: string, spec: Partial<NonNullable<Job['spec']>> = {}): Job {
  return { metadata: { name }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'work' }] } }, ...spec } };
}
