import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUSYBOX, ensureBusyboxImage } from '#test/support/busybox-image';
import { eventually } from '#test/support/eventually';
import { temporaryFolder } from '#test/support/folder';
import { freePort } from '#test/support/free-port';
import { INSPECTOR, ensureInspectorImage } from '#test/support/images';
import { environment, program, runKubectl, startKubectl } from '#test/support/kubectl';
import { PROGRAM, zeroplane } from '#test/support/zeroplane';
import { createNamespace, type TestNamespace } from './namespace.ts';

// exec, attach, cp, port-forward and the proxies, by the real kubectl and by zeroplane: what comes through a connection of its own.
let namespace: TestNamespace;
const folder = temporaryFolder('interactive');
const MEGABYTE = 1024 * 1024;

beforeAll(async () => {
  await Promise.all([ensureBusyboxImage(), ensureInspectorImage()]);
  namespace = await createNamespace('interactive');
  const pod = (name: string, container: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', ...container }] } });
  // Standard input is what ends the listener: who attaches and leaves ends it.
  const objects = [
    pod('shell', { image: BUSYBOX, command: ['sh', '-c', 'sleep 100000'] }),
    pod('reader', { image: BUSYBOX, command: ['sh', '-c', 'while read line; do echo "heard $line"; done'], stdin: true }),
    pod('web', { image: INSPECTOR, env: [{ name: 'NAME', value: 'web' }], ports: [{ name: 'http', containerPort: 8080 }] }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } },
  ];
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pods', '--all', '--timeout=90s'], { timeoutMs: 120_000 });
});
afterAll(async () => {
  await namespace.remove();
  folder.remove();
});

const kubectl = (args: string[], stdin?: string) => runKubectl(args, { namespace: namespace.name, ...(stdin === undefined ? {} : { stdin }) });
const started = (args: string[]): ChildProcess => startKubectl(args, { namespace: namespace.name });
/** As one word for a shell. */
const bound = (): string => `${program('kubectl')} --namespace ${namespace.name}`;

/** In a pseudo-terminal, as a person has one. */
function inTerminal(command: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile('script', ['-qec', command.replace('kubectl', bound()), '/dev/null'], { env: environment(undefined), timeout: 60_000 }, (error, stdout) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout }));
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

test('exec -it: a terminal of the size of one’s own, and the exit code', async () => {
  const { code, output } = await inTerminal(`stty rows 33 cols 99; kubectl exec -it web -- node -e 'const say = () => { console.log([process.stdout.isTTY, ...process.stdout.getWindowSize()].join()); process.exit(5); }; setTimeout(say, 500)'`);
  expect(output).toContain('true,99,33');
  expect(code).toBe(5);
});

test('a command whose client is gone is gone too', async () => {
  const client = started(['exec', 'shell', '--', 'sleep', '54321']);
  const isRunning = async (): Promise<boolean> => (await inShell(`grep -lax 'sleep.54321.' /proc/[0-9]*/cmdline || true`)).output !== '';
  await eventually('the command', isRunning);
  client.kill('SIGKILL');
  await eventually('its end', async () => !(await isRunning()));
});

test('cp: a folder there and back', async () => {
  const from = join(folder.path, 'from');
  mkdirSync(join(from, 'deep'), { recursive: true });
  writeFileSync(join(from, 'deep/file'), 'contents');
  expect(await kubectl(['cp', from, 'shell:/tmp/there'])).toMatchObject({ code: 0 });
  expect(await namespace.kubectl(['exec', 'shell', '--', 'cat', '/tmp/there/deep/file'])).toBe('contents');
  expect(await kubectl(['cp', 'shell:/tmp/there', join(folder.path, 'back')])).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder.path, 'back/deep/file'), 'utf8')).toBe('contents');
});

test('exec: 1 MB into a command and out of it again are the same', async () => {
  const file = join(folder.path, 'blob');
  const blob = randomBytes(MEGABYTE);
  writeFileSync(file, blob);
  const { output } = await inShell(`${bound()} exec -i shell -- cat < ${file} | sha256sum`);
  expect(output.split(' ')[0]).toBe(createHash('sha256').update(blob).digest('hex'));
});

test('attach: to what a container says and hears', async () => {
  const child = spawn('sh', ['-c', `(echo one; sleep 1; echo two; sleep 100) | ${bound()} attach -i reader`], { env: environment(undefined), stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  let heard = '';
  child.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  try {
    await eventually('both lines', async () => heard.includes('heard one\nheard two\n'));
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  }
});

test('run -i --rm: all of one container, and its exit code', async () => {
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
  const PATH = `/api/v1/namespaces/${namespace.name}`;
  for (const place of ['pods/web', 'pods/web:8080', 'services/web:http', 'services/web:80', 'services/http:web:http']) {
    expect(await namespace.kubectl(['get', '--raw', `${PATH}/${place}/proxy/hello`])).toBe('inspector');
  }
  expect((await kubectl(['get', '--raw', `${PATH}/pods/web:81/proxy/`])).stderr).toMatch(/error trying to reach service: dial tcp [\d.]+:81: connect: connection refused/);
  expect((await kubectl(['get', '--raw', `${PATH}/services/web/proxy/`])).stderr).toContain('no endpoints available for service "web"');
});

test('zeroplane: exec with both outputs and the exit code, port-forward, a clean end on Ctrl-C', async () => {
  const run = (...words: string[]) => zeroplane(['--namespace', namespace.name, ...words]);
  expect(await run('exec', 'shell', '--', 'sh', '-c', 'echo out; echo no >&2; exit 7')).toEqual({ code: 7, stdout: 'out\n', stderr: 'no\ncommand terminated with exit code 7\n' });
  expect((await run('logs', 'web', '--tail', '1000')).stdout).toMatch(/^listening\n/);
  const child = spawn(process.execPath, [PROGRAM, 'port-forward', 'pod/web', ':8080', '--namespace', namespace.name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    const port = await eventually('the port', async () => /^Forwarding from 127\.0\.0\.1:(\d+) -> 8080\n/.exec(said)?.[1]);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('inspector');
  } finally {
    child.kill('SIGINT');
  }
  expect(await ended).toBe(0);
});

function inShell(script: string): Promise<{ output: string }> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', script], { env: environment(undefined), timeout: 100_000, maxBuffer: 8 * MEGABYTE }, (error, stdout, stderr) => (error ? reject(new Error(`${script}: ${error.message}\n${stderr}`)) : resolve({ output: stdout })));
  });
}
