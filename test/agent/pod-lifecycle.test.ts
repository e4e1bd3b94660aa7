import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureBusyboxImage } from '#test/support/busybox-image';
import { DockerNode, withImage } from './docker-node.ts';

const node = new DockerNode();
const WAIT = { timeout: 30_000, interval: 50 };
const shell = (name: string, script: string, more: object = {}) => ({ name, command: ['sh', '-c', script], ...more });

beforeAll(async () => {
  await ensureBusyboxImage();
  await node.start();
});
afterAll(() => node.close());

test('init, sidecar, hooks and main in the kubelet\'s order; the pod is over when the sidecar has ended too', async () => {
  const note = { name: 'notes', mountPath: '/notes' };
  const volumeMounts = [note];
  node.run('order', {
    restartPolicy: 'OnFailure',
    initContainers: [
      shell('side', 'trap "echo side ends >> /notes/log; exit 0" TERM; echo side >> /notes/log; while :; do sleep 0.1; done', { restartPolicy: 'Always', volumeMounts, startupProbe: { exec: { command: ['cat', '/notes/log'] }, periodSeconds: 1 } }),
      shell('init', 'echo init >> /notes/log', { volumeMounts }),
    ],
    containers: [shell('c', 'sleep 1; echo main ends >> /notes/log', { volumeMounts, lifecycle: { postStart: { exec: { command: ['sh', '-c', 'echo hook >> /notes/log'] } } } })],
    volumes: [{ name: 'notes', hostPath: { path: `${node.dataDir}/notes` } }],
  });
  await expect.poll(() => node.statusOf('order').phase, WAIT).toBe('Succeeded');
  expect(node.statusOf('order').initContainerStatuses?.map(({ state }) => state?.terminated?.reason)).toEqual(['Completed', 'Completed']);
  expect(readFileSync(`${node.dataDir}/notes/log`, 'utf8').trim().split('\n')).toEqual(['side', 'init', 'hook', 'main ends', 'side ends']);
  node.delete('order', 0);
});

test('hooks that fail: a container without its postStart is killed, one without its preStop just ends', async () => {
  node.run('hooks', {
    containers: [
      shell('start', 'sleep 100', { lifecycle: { postStart: { exec: { command: ['false'] } } } }),
      shell('stop', 'trap "exit 0" TERM; while :; do sleep 0.1; done', { lifecycle: { preStop: { exec: { command: ['false'] } } } }),
    ],
  });
  const told = (container: string) => node.events.filter((event) => event.container === container).map(({ reason, message }) => `${reason}: ${message}`);
  await expect.poll(() => told('start'), WAIT).toEqual(expect.arrayContaining(['FailedPostStartHook: PostStartHook failed', 'Killing: FailedPostStartHook']));
  await expect.poll(() => node.statusOf('hooks').containerStatuses?.[1]?.ready, WAIT).toBe(true);
  node.delete('hooks', 5);
  await expect.poll(() => node.reported.get('hooks')?.deleted, WAIT).toBe(true);
  expect(told('stop')).toContain('FailedPreStopHook: PreStopHook failed');
});

test('security contexts as the kernel shows them', async () => {
  const look = 'id; grep -E "NoNewPrivs|CapEff|Seccomp:" /proc/self/status | tr -d "\\t"; hostname; cat /proc/sys/kernel/shm_rmid_forced; touch /x 2>/dev/null || echo read-only';
  node.run('secure', {
    restartPolicy: 'Never',
    hostname: 'name',
    subdomain: 'sub',
    setHostnameAsFQDN: true,
    securityContext: { runAsUser: 1000, runAsGroup: 3000, supplementalGroups: [4000], fsGroup: 2000, seccompProfile: { type: 'RuntimeDefault' }, sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] },
    containers: [
      shell('c', look, { securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } } }),
      shell('root', 'id -u', { securityContext: { runAsUser: 0, runAsNonRoot: true } }),
    ],
  });
  await expect.poll(() => node.logOf('secure', 'c'), WAIT).toMatch(/read-only\n$/);
  expect((await node.logOf('secure', 'c')).trim().split('\n')).toEqual([
    expect.stringMatching(/^uid=1000 gid=3000.* groups=.*2000.*4000|^uid=1000 gid=3000.* groups=.*4000.*2000/),
    'CapEff:0000000000000000',
    'NoNewPrivs:1',
    'Seccomp:2',
    'name.sub.default.svc.cluster.local',
    '1',
    'read-only',
  ]);
  const refused = node.statusOf('secure').containerStatuses?.find(({ name }) => name === 'root')?.state?.waiting;
  expect(refused).toMatchObject({ reason: 'CreateContainerConfigError', message: expect.stringContaining("container's runAsUser breaks non-root policy") as string });
  node.delete('secure', 0);
});

test('what this node cannot take fails and says why; an ephemeral container sees its target', async () => {
  node.run('first', { containers: [shell('c', 'exec sleep 1000', { ports: [{ containerPort: 80, hostPort: 18080 }] })] });
  await expect.poll(() => node.statusOf('first').phase, WAIT).toBe('Running');
  node.run('second', { containers: [shell('c', 'sleep 1000', { ports: [{ containerPort: 80, hostPort: 18080 }] })] });
  await expect.poll(() => node.statusOf('second'), WAIT).toMatchObject({ phase: 'Failed', reason: 'NodePorts', message: expect.stringMatching(/^Pod was rejected: Predicate NodePorts failed/) as string });

  node.change('first', { ephemeralContainers: [{ ...withImage(shell('look', 'ps')), targetContainerName: 'c' }] });
  await expect.poll(() => node.statusOf('first').ephemeralContainerStatuses?.[0]?.state?.terminated?.exitCode, WAIT).toBe(0);
  expect(await node.logOf('first', 'look')).toContain('sleep 1000');
  expect(node.statusOf('first').phase).toBe('Running');
  node.delete('first', 0);
  node.delete('second', 0);
});

test('a container is given more while it runs, or anew where it wants that', async () => {
  const sized = (memory: string, more: object = {}) => withImage({ ...shell('c', 'sleep 1000'), resources: { requests: { cpu: '100m', memory }, limits: { cpu: '200m', memory } }, ...more });
  node.run('sized', { containers: [sized('32Mi')] });
  const limits = async () => {
    const found = (await node.containers('sized')).find(({ Labels, State }) => State === 'running' && Labels['io.kubernetes.container.name'] === 'c');
    return found === undefined ? undefined : (await node.docker.getContainer(found.Id).inspect()).HostConfig.Memory;
  };
  const status = () => node.statusOf('sized').containerStatuses?.[0];
  await expect.poll(() => status()?.ready, WAIT).toBe(true);
  node.change('sized', { containers: [sized('64Mi')] });
  await expect.poll(() => [status()?.resources?.limits?.['memory'], status()?.restartCount], WAIT).toEqual(['64Mi', 0]);
  expect(await limits()).toBe(64 * 2 ** 20);
  node.change('sized', { containers: [sized('48Mi', { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] })] });
  await expect.poll(() => [status()?.resources?.limits?.['memory'], status()?.restartCount, status()?.ready], WAIT).toEqual(['48Mi', 1, true]);
  expect(await limits()).toBe(48 * 2 ** 20);
  node.delete('sized', 0);
});
