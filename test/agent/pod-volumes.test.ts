import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

test('volumes as the kernel shows them: kinds of file system, owners, modes, groups, claims and places inside', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  writeFileSync(join(outside, 'shadow'), 'secret of the host');
  node.secrets.set('s', { metadata: {}, data: { pw: Buffer.from('geheim').toString('base64') } });
  node.configMaps.set('m', { metadata: {}, data: { plain: 'p', deep: 'd' } });
  node.claims.set('data', { metadata: { uid: 'cu' }, spec: { volumeName: 'pvc-1' }, status: { phase: 'Bound' } });
  node.volumes.set('pvc-1', { metadata: { name: 'pvc-1' }, spec: { claimRef: { uid: 'cu' }, persistentVolumeReclaimPolicy: 'Delete', csi: { driver: 'local.zeroplane.dev', volumeHandle: 'pvc-1' } } });
  const script = [
    'stat -c "%n %a %u %g" -L /secret /secret/db/pw /map/plain /memory /data',
    'grep -E " /(secret|memory) " /proc/mounts | cut -d" " -f2,3 | sort',
    'df -k /memory | tail -1 | tr -s " " | cut -d" " -f2',
    'cat /secret/db/pw /one; echo',
    'echo kept > /data/file; stat -c "%g" /data/file; echo sub > /sub/file',
    'touch /map/x 2>/dev/null || echo read-only',
  ].join('; ');
  node.run('kernel', {
    restartPolicy: 'Never',
    securityContext: { runAsUser: 1000, fsGroup: 2000 },
    containers: [
      {
        name: 'c',
        command: ['sh', '-c', script],
        env: [{ name: 'PLACE', value: 'a/b' }],
        volumeMounts: [
          { name: 's', mountPath: '/secret' },
          { name: 'm', mountPath: '/map' },
          { name: 'm', mountPath: '/one', subPath: 'deep' },
          { name: 'mem', mountPath: '/memory' },
          { name: 'data', mountPath: '/data' },
          { name: 'data', mountPath: '/sub', subPathExpr: '$(PLACE)' },
        ],
      },
    ],
    volumes: [
      { name: 's', secret: { secretName: 's', defaultMode: 0o400, items: [{ key: 'pw', path: 'db/pw' }] } },
      { name: 'm', configMap: { name: 'm', items: [{ key: 'plain', path: 'plain', mode: 0o444 }, { key: 'deep', path: 'deep' }] } },
      { name: 'mem', emptyDir: { medium: 'Memory', sizeLimit: '2Mi' } },
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
    ],
  });
  await expect.poll(() => node.statusOf('kernel').phase, WAIT).toBe('Succeeded');
  expect((await node.logOf('kernel', 'c')).trim().split('\n')).toEqual([
    '/secret 755 0 0',
    '/secret/db/pw 440 0 2000',
    '/map/plain 444 0 2000',
    '/memory 2777 0 2000',
    '/data 2777 0 2000',
    '/memory tmpfs',
    '/secret tmpfs',
    '2048',
    'geheimd',
    '2000',
    'read-only',
  ]);
  const folder = join(node.dataDir, 'volumes', 'pvc-1');
  expect([readFileSync(join(folder, 'file'), 'utf8'), readFileSync(join(folder, 'a/b/file'), 'utf8')]).toEqual(['kept\n', 'sub\n']);

  // A container has left a link in the volume that leads out of it.
  symlinkSync(outside, join(folder, 'link'));
  node.run('escape', { containers: [{ name: 'c', command: ['sleep', '1'], volumeMounts: [{ name: 'data', mountPath: '/x', subPath: 'link/shadow' }] }], volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] });
  await expect.poll(() => node.statusOf('escape').containerStatuses?.[0]?.state?.waiting, WAIT).toEqual({ reason: 'CreateContainerConfigError', message: 'subPath "link/shadow" leads out of its volume' });
  node.delete('escape', 0);
  node.delete('kernel', 0);

  node.volumes.delete('pvc-1');
  await expect.poll(() => node.relist().then(() => existsSync(folder)), WAIT).toBe(false);
});

test('hostPath by its type; what is not there, or a claim that is not bound, keeps the pod waiting and says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'host-path-'));
  const mounts = ['made', 'file', 'none'].map((name) => ({ name, mountPath: `/${name}` }));
  node.run('host', {
    containers: [{ name: 'c', command: ['sh', '-c', 'echo x > /file; echo y > /made/f; sleep 100'], volumeMounts: mounts }],
    volumes: [
      { name: 'made', hostPath: { path: join(folder, 'made'), type: 'DirectoryOrCreate' } },
      { name: 'file', hostPath: { path: join(folder, 'a/file'), type: 'FileOrCreate' } },
      { name: 'none', hostPath: { path: join(folder, 'none'), type: 'Directory' } },
    ],
  });
  node.run('unbound', { containers: [{ name: 'c', volumeMounts: [{ name: 'v', mountPath: '/v' }] }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'nix' } }] });
  const failed = (): string[] => node.events.filter(({ reason }) => reason === 'FailedMount').map(({ message }) => message);
  await expect.poll(failed, WAIT).toContain(`MountVolume.SetUp failed for volume "none" : hostPath type check failed: ${join(folder, 'none')} is not a directory`);
  await expect.poll(failed, WAIT).toContain('MountVolume.SetUp failed for volume "v" : persistentvolumeclaim "nix" not found');
  expect(node.statusOf('host').containerStatuses?.[0]?.state?.waiting?.reason).toBe('ContainerCreating');
  writeFileSync(join(folder, 'none'), '');
  node.delete('unbound');
  node.delete('host');
  await expect.poll(() => [node.reported.get('host')?.deleted, node.reported.get('unbound')?.deleted], WAIT).toEqual([true, true]);
});
