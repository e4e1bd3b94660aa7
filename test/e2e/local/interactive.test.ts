import { execFile, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attach, exec } from '#client/exec';
import { portForward } from '#client/port-forward';
import { BUSYBOX, ensureBusyboxImage } from '#test/support/busybox-image';
import { eventually } from '#test/support/eventually';
import { temporaryFolder } from '#test/support/folder';
import { freePort } from '#test/support/free-port';
import { INSPECTOR, ensureInspectorImage } from '#test/support/images';
import { program, runKubectl, startKubectl } from '#test/support/kubectl';
import { killHard, localCluster, runs } from '#test/support/local-cluster';

// exec, attach, cp, port-forward and the proxies by the real kubectl. Here until the relay brings them to every home.
const cluster = localCluster('interactive');
const folder = temporaryFolder('interactive');
const MEGABYTE = 1024 * 1024;

beforeAll(async () => {
  await Promise.all([ensureBusyboxImage(), ensureInspectorImage()]);
  await cluster.up();
  const pod = (name: string, container: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', ...container }] } });
  // Standard input is what ends the listener: who attaches and leaves ends it.
  const objects = [
    pod('shell', { image: BUSYBOX, command: ['sh', '-c', 'sleep 100000'] }),
    pod('reader', { image: BUSYBOX, command: ['sh', '-c', 'while read line; do echo "heard $line"; done'], stdin: true }),
    pod('web', { image: INSPECTOR, env: [{ name: 'NAME', value: 'web' }], ports: [{ name: 'http', containerPort: 8080 }] }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } },
  ];
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pods', '--all', '--timeout=60s']);
});
afterAll(async () => {
  await cluster.remove();
  folder.remove();
});

const kubectl = (args: string[], stdin?: string) => runKubectl(args, { kubeconfig: cluster.kubeconfig, ...(stdin === undefined ? {} : { stdin }) });
const started = (args: string[]): ChildProcess => startKubectl(args, { kubeconfig: cluster.kubeconfig });

/** In a pseudo-terminal, as a person has one. */
function inTerminal(command: string): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env['PATH'], HOME: folder.path, KUBECONFIG: cluster.kubeconfig };
  return new Promise((resolve) => {
    const child = execFile('script', ['-qec', command.replace('kubectl', program('kubectl')), '/dev/null'], { env, timeout: 40_000 }, (error, stdout) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout }));
    child.stdin?.end();
  });
}

test.each([
  { script: 'echo out; echo err >&2', code: 0, stdout: 'out\n', stderr: 'err\n' },
  { script: 'exit 3', code: 3, stdout: '', stderr: 'command terminated with exit code 3\n' },
  { script: 'kill -9 $$', code: 137, stdout: '', stderr: 'command terminated with exit code 137\n' },
])('exec: `$script` ends with $code', async ({ script, code, stdout, stderr }) => {
  expect(await kubectl(['exec', 'shell', '--', 'sh', '-c', script])).toEqual({ code, stdout, stderr });
});

test('exec: 20 MB into a command and out of it again are the same', async () => {
  const file = join(folder.path, 'blob');
  const blob = randomBytes(20 * MEGABYTE);
  writeFileSync(file, blob);
  const { output } = await inShell(`${program('kubectl')} exec -i shell -- cat < ${file} | sha256sum`);
  expect(output.split(' ')[0]).toBe(createHash('sha256').update(blob).digest('hex'));
});

test('exec -it: a terminal of the size of one’s own, and the exit code', async () => {
  const { code, output } = await inTerminal(`stty rows 33 cols 99; kubectl exec -it web -- node -e 'setTimeout(() => { console.log([process.stdout.isTTY, ...process.stdout.getWindowSize()].join()); process.exit(5) }, 500)'`);
  expect(output).toContain('true,99,33');
  expect(code).toBe(5);
});

test('a command whose client is gone is gone too', async () => {
  const client = started(['exec', 'shell', '--', 'sleep', '54321']);
  const ours = async (): Promise<number[]> => {
    const pids = (await inShell(`grep -lax 'sleep.54321.' /proc/[0-9]*/cmdline || true`)).output.match(/\d+/g) ?? [];
    return pids.map(Number).filter(runs);
  };
  await eventually('the command', async () => (await ours()).length > 0);
  client.kill('SIGKILL');
  await eventually('its end', async () => (await ours()).length === 0);
});

test('cp: a folder there and back', async () => {
  const from = join(folder.path, 'from');
  mkdirSync(join(from, 'deep'), { recursive: true });
  writeFileSync(join(from, 'deep/file'), 'contents');
  expect(await kubectl(['cp', from, 'shell:/tmp/there'])).toMatchObject({ code: 0 });
  expect(await cluster.kubectl(['exec', 'shell', '--', 'cat', '/tmp/there/deep/file'])).toBe('contents');
  expect(await kubectl(['cp', 'shell:/tmp/there', join(folder.path, 'back')])).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder.path, 'back/deep/file'), 'utf8')).toBe('contents');
});

test('attach: to what a container says and hears; run -i --rm: all of one container, and its exit code', async () => {
  const attached = await inShell(`(echo one; sleep 1; echo two; sleep 1) | timeout 4 ${program('kubectl')} attach -i reader || true`);
  expect(attached.output).toContain('heard one\nheard two\n');
  const once = await kubectl(['run', 'once', '-i', '--rm', `--image=${BUSYBOX}`, '--restart=Never', '--', 'sh', '-c', 'cat; echo done; exit 4'], 'from stdin\n');
  expect(once.stdout).toContain('done\n');
  expect(once.code).toBe(4);
});

test('port-forward: 20 connections at once, and one to a port where nothing listens', async () => {
  const port = await freePort();
  const forward = started(['port-forward', 'pod/web', `${port}:8080`, ':81']);
  let said = '';
  for (const output of [forward.stdout, forward.stderr]) output?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    await eventually('both ports', async () => /-> 8080[\s\S]*-> 81\n/.test(said));
    const answers = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await fetch(`http://127.0.0.1:${port}/env?NAME&${i}`, { headers: { connection: 'close' } })).status));
    expect(answers).toEqual(Array(20).fill(200));
    const other = /127\.0\.0\.1:(\d+) -> 81/.exec(said)?.[1];
    await expect(fetch(`http://127.0.0.1:${other}/`)).rejects.toThrow();
    await eventually('the reason', async () => said.includes('failed to connect to localhost:81 inside the pod: connection refused'));
  } finally {
    forward.kill('SIGKILL');
  }
});

test('the proxies of pods and services, by name and by number', async () => {
  const PATH = '/api/v1/namespaces/default';
  for (const place of ['pods/web', 'pods/web:8080', 'services/web:http', 'services/web:80', 'services/http:web:http']) {
    expect(await cluster.kubectl(['get', '--raw', `${PATH}/${place}/proxy/hello`])).toBe('inspector');
  }
  expect((await kubectl(['get', '--raw', `${PATH}/pods/web:81/proxy/`])).stderr).toMatch(/error trying to reach service: dial tcp [\d.]+:81: connect: connection refused/);
  expect((await kubectl(['get', '--raw', `${PATH}/services/web/proxy/`])).stderr).toContain('no endpoints available for service "web"');
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
