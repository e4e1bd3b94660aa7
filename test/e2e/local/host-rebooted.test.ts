import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pod } from '#api/schema/kinds.generated';
import { PODS } from '#client/core-resources';
import { isPodReady } from '#core/pod-state';
import { eventually } from '#test/support/eventually';
import { WEB_V1, ensureWebImages } from '#test/support/images';
import { killHard, localCluster } from '#test/support/local-cluster';

// What a power cut leaves of a cluster: its files. No process, no container, no link, no mount.
const cluster = localCluster('rebooted');
const TIMEOUT_MS = 120_000;
let agent: string;

beforeAll(async () => {
  await ensureWebImages();
  await cluster.up();
  agent = `agent-${await cluster.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}'])}`;
});
afterAll(() => cluster.remove());

const docker = new Docker();
const containers = () => docker.listContainers({ all: true, filters: { label: [`dev.zeroplane.cluster=${cluster.facts().uid}`] } });
const pods = async () => (await cluster.client().list<Pod>(PODS, { namespace: 'default' })).items;
const allReady = (count: number) => eventually(`${count} ready pods`, async () => (await pods()).filter(isPodReady).length === count && pods(), { timeoutMs: 80_000 });

async function powerCut(): Promise<void> {
  for (const name of ['server', agent]) await killHard(cluster.pid(name));
  await Promise.all((await containers()).map(({ Id }) => docker.getContainer(Id).remove({ force: true })));
  const { stdout } = await promisify(execFile)('findmnt', ['-rno', 'TARGET']);
  const mounts = stdout.split('\n').filter((path) => path.startsWith(cluster.dataDir));
  for (const mount of mounts.reverse()) await promisify(execFile)('umount', ['-l', mount]);
}

test('kill -9 of the agent at any moment of twenty pod starts: nothing doubled, restarted or left over', async () => {
  await cluster.kubectl(['create', 'deployment', 'web', `--image=${WEB_V1}`, '--replicas=20']);
  for (const afterMs of [150, 700, 1_500]) {
    const killedAtMs = Date.now() + afterMs;
    await eventually('the moment', async () => Date.now() >= killedAtMs, { intervalMs: 20 });
    const pid = cluster.pid(agent);
    await killHard(pid);
    await eventually('another agent', async () => cluster.pid(agent) !== pid);
  }
  const ready = await allReady(20);
  expect(ready.map(({ status }) => status?.containerStatuses?.[0]?.restartCount)).toEqual(ready.map(() => 0));
  const running = (await containers()).filter(({ State }) => State === 'running');
  expect(running).toHaveLength(40);
  expect(new Set(running.map(({ Labels }) => `${Labels['io.kubernetes.pod.uid']}/${Labels['io.kubernetes.container.name'] ?? ''}`)).size).toBe(40);
}, TIMEOUT_MS);

test('a host that was rebooted has all of it again: pods with their names, counted restarts and the files of their emptyDirs', async () => {
  await cluster.kubectl(['scale', 'deployment', 'web', '--replicas=2']);
  const keeper = { image: WEB_V1, imagePullPolicy: 'Never', name: 'keeper', volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }], lifecycle: { postStart: { exec: { command: [process.execPath, '-e', 'fs.appendFileSync("/scratch/starts", "x")'] } } } };
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'keeper' }, spec: { volumes: [{ name: 'scratch', emptyDir: {} }], containers: [keeper] } }) });
  await eventually('two replicas and the keeper', async () => (await pods()).length === 3);
  const before = await allReady(3);

  await powerCut();
  await cluster.up();
  const after = await eventually('three restarted pods', async () => {
    const found = await pods();
    return found.every((pod) => isPodReady(pod) && pod.status?.containerStatuses?.[0]?.restartCount === 1) && found;
  }, { timeoutMs: 80_000 });
  const names = (found: Pod[]) => found.map(({ metadata }) => `${metadata.name}/${metadata.uid}`).sort();
  expect(names(after)).toEqual(names(before));
  expect(after[0]?.status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
  const uid = after.find(({ metadata }) => metadata.name === 'keeper')?.metadata.uid ?? '';
  const { stdout } = await promisify(execFile)('find', [cluster.dataDir, '-path', `*/${uid}/volumes/scratch/starts`, '-size', '-3c', '-exec', 'cat', '{}', ';']);
  expect(stdout).toBe('xx');
}, TIMEOUT_MS);
