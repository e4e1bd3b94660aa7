import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBusyboxImage } from '#test/support/busybox-image';
import { DockerNode } from './docker-node.ts';

const node = new DockerNode();
const WAIT = { timeout: 30_000, interval: 50 };

beforeAll(async () => {
  await ensureBusyboxImage();
  await node.start();
});
afterAll(() => node.close());

const ready = (name: string) => node.statusOf(name).conditions?.find(({ type }) => type === 'Ready')?.status;
const state = (name: string, container = 'c') => [...(node.statusOf(name).containerStatuses ?? []), ...(node.statusOf(name).initContainerStatuses ?? [])].find((status) => status.name === container);
const eventsOf = (container: string) => node.events.filter((event) => event.container === container).map(({ reason }) => reason);

test('a pod with an init container, volumes and environment runs, is ready, has an address, and goes without a trace', async () => {
  node.configMaps.set('cfg', { metadata: {}, data: { 'b.txt': 'from the map\n' } });
  node.secrets.set('sec', { metadata: {}, data: { pw: Buffer.from('geheim').toString('base64') } });
  const { metadata } = node.run('whole', {
    initContainers: [{ name: 'i', command: ['sh', '-c', 'echo from init > /data/f'], volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    containers: [
      {
        name: 'c',
        command: ['sh', '-c', 'cat /data/f /cfg/b.txt /one; echo "$PW $0"; sleep 1000', '$(PW)'],
        env: [{ name: 'PW', valueFrom: { secretKeyRef: { name: 'sec', key: 'pw' } } }],
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'cfg', mountPath: '/cfg' },
          { name: 'cfg', mountPath: '/one', subPath: 'b.txt' },
          { name: 'mem', mountPath: '/mem' },
        ],
        readinessProbe: { exec: { command: ['cat', '/data/f'] }, periodSeconds: 1 },
      },
    ],
    volumes: [{ name: 'data', emptyDir: {} }, { name: 'mem', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }, { name: 'cfg', configMap: { name: 'cfg' } }],
  });
  await expect.poll(() => ready('whole'), WAIT).toBe('True');
  expect(node.statusOf('whole')).toMatchObject({ phase: 'Running', podIP: expect.stringMatching(/^198\.18\./) as string });
  expect(await node.logOf('whole', 'c')).toBe('from init\nfrom the map\nfrom the map\ngeheim geheim\n');
  expect(eventsOf('i')).toEqual(['Pulled', 'Created', 'Started']);
  const main = (await node.containers('whole')).find(({ Labels }) => Labels['dev.zeroplane.role'] === 'main');
  expect(main?.Mounts.map(({ Destination }) => Destination)).toEqual(expect.arrayContaining(['/etc/hosts', '/etc/resolv.conf', '/etc/hostname']));

  const folder = join(node.dataDir, 'pods', metadata.uid ?? '');
  expect(existsSync(folder)).toBe(true);
  node.delete('whole');
  await expect.poll(() => node.reported.get('whole')?.deleted, WAIT).toBe(true);
  expect(await node.containers('whole')).toEqual([]);
  await expect.poll(() => existsSync(folder), WAIT).toBe(false);
});

test('files follow the ConfigMap that they are made from', async () => {
  node.configMaps.set('changing', { metadata: {}, data: { a: 'old' } });
  node.run('reader', { containers: [{ name: 'c', command: ['sh', '-c', 'while [ "$(cat /cfg/a)" = old ]; do sleep 0.1; done; echo changed; sleep 1000'], volumeMounts: [{ name: 'cfg', mountPath: '/cfg' }] }], volumes: [{ name: 'cfg', configMap: { name: 'changing' } }] });
  await expect.poll(() => ready('reader'), WAIT).toBe('True');
  node.configMaps.set('changing', { metadata: {}, data: { a: 'new', b: 'more' } });
  await node.relist();
  await expect.poll(() => node.logOf('reader', 'c'), WAIT).toBe('changed\n');
  node.delete('reader', 0);
});

test('a container that ends is started again, then waits; its last words and its predecessor stay', async () => {
  node.run('crash', { containers: [{ name: 'c', command: ['sh', '-c', 'echo -n bye > /dev/termination-log; exit 3'] }] });
  await expect.poll(() => state('crash')?.state?.waiting?.reason, WAIT).toBe('CrashLoopBackOff');
  expect(state('crash')).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 3, reason: 'Error', message: 'bye' } } });
  const attempts = (await node.containers('crash')).filter((info) => info.Labels['dev.zeroplane.role'] === 'main');
  expect(attempts).toHaveLength(2);
  node.delete('crash');
});

test('what cannot start says why', async () => {
  node.run('broken', {
    containers: [
      { name: 'never', image: 'zeroplane-test/none:1', imagePullPolicy: 'Never' },
      { name: 'config', env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'nix', key: 'a' } } }] },
      { name: 'command', command: ['/no/such'] },
    ],
  });
  await expect.poll(() => state('broken', 'never')?.state?.waiting?.reason, WAIT).toBe('ErrImageNeverPull');
  await expect.poll(() => state('broken', 'config')?.state?.waiting, WAIT).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "nix" not found' });
  await expect.poll(() => state('broken', 'command')?.lastState?.terminated?.reason, WAIT).toBe('StartError');
  node.configMaps.set('nix', { metadata: {}, data: { a: '1' } });
  node.delete('broken');
});

test('a pod can be deleted while its image is being pulled from a registry that does not answer', async () => {
  node.run('pulling', { containers: [{ name: 'slow', image: '198.51.100.1:5000/nowhere:1' }] });
  await expect.poll(() => eventsOf('slow'), WAIT).toContain('Pulling');
  node.delete('pulling');
  await expect.poll(() => node.reported.get('pulling')?.deleted, { timeout: 5_000, interval: 50 }).toBe(true);
  expect(await node.containers('pulling')).toEqual([]);
});

test('a pod that runs to its end succeeds and frees its sandbox; memory is bounded by the kernel', async () => {
  node.run('done', { restartPolicy: 'Never', containers: [{ name: 'c', command: ['sh', '-c', 'exit 0'] }] });
  node.run('greedy', { restartPolicy: 'Never', containers: [{ name: 'c', command: ['sh', '-c', 'tail /dev/zero'], resources: { limits: { memory: '16Mi' } } }] });
  await expect.poll(() => node.statusOf('done').phase, WAIT).toBe('Succeeded');
  await expect.poll(async () => (await node.containers('done')).map((info) => info.Labels['dev.zeroplane.role']), WAIT).toEqual(['main']);
  await expect.poll(() => state('greedy')?.state?.terminated?.reason, WAIT).toBe('OOMKilled');
  node.delete('done');
  node.delete('greedy');
});

test('a failed liveness probe restarts the container', async () => {
  node.run('sick', { containers: [{ name: 'c', command: ['sh', '-c', 'touch /ok; sleep 2; rm /ok; sleep 1000'], livenessProbe: { exec: { command: ['ls', '/ok'] }, periodSeconds: 1, failureThreshold: 1, initialDelaySeconds: 1, terminationGracePeriodSeconds: 1 } }] });
  await expect.poll(() => state('sick')?.restartCount, WAIT).toBe(1);
  expect(node.events.map(({ message }) => message)).toContain('Container c failed liveness probe, will be restarted');
  node.delete('sick', 0);
});

test('an agent that was killed adopts what runs, and ends what nobody wants any more', async () => {
  node.run('stays', { containers: [{ name: 'c', command: ['sleep', '1000'] }] });
  node.run('goes', { containers: [{ name: 'c', command: ['sleep', '1000'] }] });
  await expect.poll(() => [ready('stays'), ready('goes')], WAIT).toEqual(['True', 'True']);
  const before = (await node.containers('stays')).map(({ Id }) => Id);
  const address = node.statusOf('stays').podIP;

  node.kill();
  node.forget('goes');
  node.reported.clear();
  await node.start();
  await expect.poll(() => ready('stays'), WAIT).toBe('True');
  expect((await node.containers('stays')).map(({ Id }) => Id)).toEqual(before);
  expect([node.statusOf('stays').podIP, state('stays')?.restartCount]).toEqual([address, 0]);
  await expect.poll(() => node.containers('goes'), WAIT).toEqual([]);
});

test('another cluster on the machine sees nothing of it and touches nothing', async () => {
  const other = new DockerNode();
  await other.start();
  expect(await other.runtime.list()).toEqual([]);
  await other.close();
  expect((await node.containers('stays')).filter((info) => info.State === 'running')).toHaveLength(2);
});
