import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attach, exec } from '#client/exec';
import { portForward } from '#client/port-forward';
import { BUSYBOX, ensureBusyboxImage } from '#test/support/busybox-image';
import { eventually } from '#test/support/eventually';
import { temporaryFolder } from '#test/support/folder';
import { INSPECTOR, ensureInspectorImage } from '#test/support/images';
import { program, runKubectl } from '#test/support/kubectl';
import { killHard, localCluster } from '#test/support/local-cluster';

// What is about connections to pods on one machine: much at once, the client's own functions, and an agent that dies.
const cluster = localCluster('interactive');
const folder = temporaryFolder('interactive');
const MEGABYTE = 1024 * 1024;

beforeAll(async () => {
  await Promise.all([ensureBusyboxImage(), ensureInspectorImage()]);
  await cluster.up();
  const pod = (name: string, container: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', ...container }] } });
  const objects = [
    pod('shell', { image: BUSYBOX, command: ['sh', '-c', 'sleep 100000'] }),
    pod('web', { image: INSPECTOR, env: [{ name: 'NAME', value: 'web' }], ports: [{ name: 'http', containerPort: 8080 }] }),
  ];
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pods', '--all', '--timeout=60s']);
});
afterAll(async () => {
  await cluster.remove();
  folder.remove();
});

const kubectl = (args: string[], stdin?: string) => runKubectl(args, { kubeconfig: cluster.kubeconfig, ...(stdin === undefined ? {} : { stdin }) });

test('exec: 20 MB into a command and out of it again are the same', async () => {
  const file = join(folder.path, 'blob');
  const blob = randomBytes(20 * MEGABYTE);
  writeFileSync(file, blob);
  const { output } = await inShell(`${program('kubectl')} exec -i shell -- cat < ${file} | sha256sum`);
  expect(output.split(' ')[0]).toBe(createHash('sha256').update(blob).digest('hex'));
});

test('the client’s own functions', async () => {
  const client = cluster.client();
  const where = { namespace: 'default', pod: 'shell' };
  let said = '';
  const stdout = (bytes: Uint8Array): void => void (said += Buffer.from(bytes).toString());
  async function* stdin() {
    yield Buffer.from('typed');
  }
  expect(await exec(client, { ...where, command: ['sh', '-c', 'cat; exit 7'], stdin: stdin(), stdout })).toEqual({ exitCode: 7 });
  expect(said).toBe('typed');
  await expect(attach(client, { ...where, container: 'none', stdout })).rejects.toThrow('container none is not valid for pod shell');
  const forward = await portForward(client, { namespace: 'default', pod: 'web', port: 8080, localPort: 0 });
  try {
    expect(await (await fetch(`http://127.0.0.1:${forward.port}/env?NAME`, { headers: { connection: 'close' } })).text()).toBe('web');
  } finally {
    await forward.close();
  }
});

test('an agent that is killed ends what went through it, with an error', async () => {
  const node = await cluster.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}']);
  const running = kubectl(['exec', 'shell', '--', 'sh', '-c', 'echo begun; sleep 600']);
  await eventually('the command', async () => (await inShell(`grep -lax 'sleep.600.' /proc/[0-9]*/cmdline || true`)).output !== '');
  await killHard(cluster.pid(`agent-${node}`));
  const { code, stdout, stderr } = await running;
  expect([code, stdout]).toEqual([1, 'begun\n']);
  expect(stderr).toContain('the connection to the node was lost');
});

function inShell(script: string): Promise<{ output: string }> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', script], { env: { PATH: process.env['PATH'], HOME: folder.path, KUBECONFIG: cluster.kubeconfig }, timeout: 50_000, maxBuffer: 64 * MEGABYTE }, (error, stdout, stderr) => (error ? reject(new Error(`${script}: ${error.message}\n${stderr}`)) : resolve({ output: stdout })));
  });
}
