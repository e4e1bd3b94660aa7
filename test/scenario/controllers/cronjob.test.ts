import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CronJob, Event, Job } from '#api/schema/kinds.generated';
import { CRON_JOBS, EVENTS, JOBS, startCluster } from './cluster.ts';
import type { Cluster, Kubelet } from './cluster.ts';

const MINUTE_MS = 60_000;

let cluster: Cluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.addNode('n1');
});
afterEach(() => cluster.close());

const running: Kubelet = () => 'running';
const succeed: Kubelet = () => 'succeeded';

test('a job each minute, kept as long as the history says', async () => {
  await cluster.create(CRON_JOBS, cronJob({ successfulJobsHistoryLimit: 2 }));
  await cluster.settle();
  expect(await cluster.list(JOBS)).toEqual([]);
  const names: string[][] = [];
  for (let i = 0; i < 4; i++) {
    await cluster.pass(MINUTE_MS);
    await cluster.settle({ kubelet: succeed });
    names.push(await jobNames());
  }
  expect(names.map(({ length }) => length)).toEqual([1, 2, 2, 2]);
  const cron = await cluster.get<CronJob>(CRON_JOBS, 'tick');
  expect(cron?.status?.active).toBeUndefined();
  expect(Date.parse(cron?.status?.lastScheduleTime ?? '')).toBe(Math.floor(cluster.clock.now() / MINUTE_MS) * MINUTE_MS);
  const [job] = await cluster.list<Job>(JOBS);
  expect(job?.metadata).toMatchObject({ labels: { from: 'template' }, ownerReferences: [{ kind: 'CronJob', name: 'tick', controller: true }] });
  const said = (await cluster.list<Event>(EVENTS)).filter(({ source }) => source?.component === 'cronjob-controller').map(({ reason }) => reason ?? '');
  expect(new Set(said)).toEqual(new Set(['SuccessfulCreate', 'SawCompletedJob', 'SuccessfulDelete']));
  expect(cluster.failures).toEqual([]);
});

test.each<[string, number, number]>([
  ['Allow', 2, 2],
  ['Forbid', 1, 1],
  ['Replace', 1, 1],
])('while one runs: %s', async (concurrencyPolicy, total, active) => {
  await cluster.create(CRON_JOBS, cronJob({ concurrencyPolicy }));
  await cluster.settle();
  await cluster.pass(MINUTE_MS);
  await cluster.settle({ kubelet: running });
  const [first] = await jobNames();
  await cluster.pass(MINUTE_MS);
  await cluster.settle({ kubelet: running });
  const names = await jobNames();
  expect(names).toHaveLength(total);
  expect(names.includes(first ?? '')).toBe(concurrencyPolicy !== 'Replace');
  expect((await cluster.get<CronJob>(CRON_JOBS, 'tick'))?.status?.active).toHaveLength(active);
});

test('what was missed is made up for once; suspended nothing comes', async () => {
  await cluster.create(CRON_JOBS, cronJob({}));
  await cluster.settle();
  await cluster.pass(10 * MINUTE_MS);
  await cluster.settle({ kubelet: running });
  expect(await jobNames()).toHaveLength(1);
  await cluster.change<CronJob>(CRON_JOBS, 'tick', ({ spec }) => spec !== undefined && (spec.suspend = true));
  await cluster.pass(MINUTE_MS);
  await cluster.settle({ kubelet: running });
  expect(await jobNames()).toHaveLength(1);
});

async function jobNames(): Promise<string[]> {
  return (await cluster.list(JOBS)).map(({ metadata }) => metadata.name ?? '').sort();
}

function cronJob(spec: Partial<NonNullable<CronJob['spec']>>): CronJob {
  const jobTemplate = { metadata: { labels: { from: 'template' } }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'work' }] } } } };
  return { metadata: { name: 'tick' }, spec: { schedule: '* * * * *', jobTemplate, ...spec } };
}
