import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { INSPECTOR, ensureInspectorImage } from '#test/support/images';
import { localCluster } from '#test/support/local-cluster';
import { zeroplane } from '#test/support/zeroplane';

// Logs by our own command, and all that comes back with a cluster that was stopped.
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

test('stopped, it comes back with everything that it had', async () => {
  expect((await cluster.zeroplane('down')).code).toBe(0);
  expect((await run('get', 'pods')).stderr).toContain('`zeroplane up` starts it');
  await cluster.up();
  await eventually('the pod is ready again', async () => /^talking\s+1\/1\s+Running\s/.test((await run('get', 'pods', '--no-headers')).stdout));
  expect((await inside('console.log("there")')).stdout).toBe('there\n');
});
