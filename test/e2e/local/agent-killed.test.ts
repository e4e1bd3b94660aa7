import Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PODS } from '#client/core-resources';
import type { Pod } from '#api/schema/kinds.generated';
import { eventually } from '#test/support/eventually';
import { hostFootprint } from '#test/support/host-footprint';
import { WEB_V1, ensureWebImages, killContainer } from '#test/support/images';
import { killHard, localCluster, runs } from '#test/support/local-cluster';

const cluster = localCluster('agent');
let agent: string;

beforeAll(async () => {
  await ensureWebImages();
  await cluster.up();
  agent = `agent-${await cluster.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}'])}`;
  for (const name of ['one', 'other']) await cluster.kubectl(['run', name, `--image=${WEB_V1}`, '--restart=Always']);
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pods', '--all', '--timeout=45s']);
});
afterAll(() => cluster.remove());

async function killAgent(meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
  const pid = cluster.pid(agent);
  await killHard(pid);
  await meanwhile();
  await eventually('another agent', async () => cluster.pid(agent) !== pid && runs(cluster.pid(agent)));
}

const restarts = async (name: string): Promise<number | undefined> => (await cluster.client().get<Pod>(PODS, { namespace: 'default', name })).status?.containerStatuses?.[0]?.restartCount;

test('kill -9 of the agent leaves its containers alone; the next one takes them over', async () => {
  const before = await hostFootprint(cluster);
  await killAgent();
  // The new agent is at work when it ends a pod.
  await cluster.kubectl(['run', 'third', `--image=${WEB_V1}`]);
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/third', '--timeout=45s']);
  const after = await hostFootprint(cluster);
  expect(after.containers).toEqual(expect.arrayContaining(before.containers));
  expect(after.containers).toHaveLength(before.containers.length + 2);
  expect(await Promise.all(['one', 'other'].map(restarts))).toEqual([0, 0]);
});

test('a container that died meanwhile is restarted, the others are not', async () => {
  await killAgent(() => killContainer({ namespace: 'default', name: 'one' }, 'one'));
  await eventually('one restart', async () => (await restarts('one')) === 1);
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pods', '--all', '--timeout=45s']);
  expect(await Promise.all(['other', 'third'].map(restarts))).toEqual([0, 0]);
});

test('a pod deleted meanwhile is ended, with its containers', async () => {
  await killAgent(async () => void (await cluster.kubectl(['delete', 'pod', 'third', '--wait=false'])));
  await cluster.kubectl(['wait', '--for=delete', 'pod/third', '--timeout=45s']);
  const left = await new Docker().listContainers({ all: true, filters: { label: [`dev.zeroplane.cluster=${cluster.facts().uid}`, 'io.kubernetes.pod.name=third'] } });
  expect(left).toEqual([]);
});
