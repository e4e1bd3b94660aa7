import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { INSPECTOR, ensureInspectorImage } from '#test/support/images';
import { localCluster } from '#test/support/local-cluster';
import { PROGRAM, zeroplane } from '#test/support/zeroplane';

// logs, exec and port-forward by our own command: what comes through a connection of its own.
const cluster = localCluster('streams');
const run = (...words: string[]) => zeroplane([...words, '--kubeconfig', cluster.kubeconfig]);
/** The image's Node has the path that it has here. */
const inside = (script: string, ...flags: string[]) => zeroplane(['exec', 'talking', '--kubeconfig', cluster.kubeconfig, ...flags, '--', process.execPath, '-e', script]);

beforeAll(async () => {
  await ensureInspectorImage();
  await cluster.up();
  expect((await run('run', 'talking', '--image', INSPECTOR, '--image-pull-policy', 'Never', '--port', '8080', '--wait', '--timeout', '45s')).code).toBe(0);
});
afterAll(() => cluster.remove());

test('logs, with prefix, of a pod and of what its labels name', async () => {
  expect(await run('logs', 'talking')).toEqual({ code: 0, stdout: 'listening\n', stderr: '' });
  expect((await run('logs', '-l', 'run=talking', '--prefix', '--tail', '1')).stdout).toBe('[pod/talking/talking] listening\n');
  expect(await run('logs', 'nobody')).toEqual({ code: 1, stdout: '', stderr: 'Error from server (NotFound): pods "nobody" not found\n' });
});

test('exec: both outputs, the exit code of the command', async () => {
  expect(await inside('console.log(1 + 1)')).toEqual({ code: 0, stdout: '2\n', stderr: '' });
  expect(await inside('console.error("no"); process.exit(7)')).toEqual({ code: 7, stdout: '', stderr: 'no\ncommand terminated with exit code 7\n' });
});

test('port-forward: an answer through a port of this machine, a clean end on Ctrl-C', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'port-forward', 'pod/talking', ':8080', '--kubeconfig', cluster.kubeconfig], { stdio: ['ignore', 'pipe', 'inherit'] });
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

test('stopped, it comes back with everything that it had', async () => {
  expect((await cluster.zeroplane('down')).code).toBe(0);
  expect((await run('get', 'pods')).stderr).toContain('`zeroplane up` starts it');
  await cluster.up();
  await eventually('the pod is ready again', async () => /^talking\s+1\/1\s+Running\s/.test((await run('get', 'pods', '--no-headers')).stdout));
  expect((await inside('console.log("there")')).stdout).toBe('there\n');
});
