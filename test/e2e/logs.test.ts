import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { INSPECTOR, ensureInspectorImage, killContainer } from '#test/support/images';
import { runKubectl, startKubectl } from '#test/support/kubectl';
import { createNamespace, type TestNamespace } from './namespace.ts';

let namespace: TestNamespace;
const BEAT_MS = 100;

beforeAll(async () => {
  await ensureInspectorImage();
  namespace = await createNamespace('logs');
  const container = (name: string, env: Record<string, string>) => ({ name, image: INSPECTOR, env: Object.entries(env).map(([key, value]) => ({ name: key, value })) });
  const containers = [container('beating', { BEAT_MS: String(BEAT_MS) }), container('quiet', { PORT: '8081' })];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'talking' }, spec: { terminationGracePeriodSeconds: 1, containers } };
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(pod) });
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/talking', '--timeout=60s']);
});
afterAll(() => namespace.remove());

const logs = (...args: string[]) => namespace.kubectl(['logs', 'talking', ...args]);

test('what a container printed, whole and in order', async () => {
  const lines = await eventually('ten beats', async () => {
    const printed = (await logs('-c', 'beating')).trim().split('\n');
    return printed.length > 10 && printed;
  });
  expect(lines).toEqual(['listening', ...lines.slice(1).map((_, i) => `beat ${i + 1}`)]);
});

test('--tail, --timestamps, --since, all containers with their prefix', async () => {
  expect((await logs('-c', 'beating', '--tail=3')).trim().split('\n')).toHaveLength(3);
  expect(await logs('-c', 'beating', '--timestamps', '--tail=1')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z beat \d+\n$/);
  expect(await logs('-c', 'quiet', '--since=1h')).toBe('listening\n');
  expect(await logs('--all-containers', '--prefix')).toMatch(/^\[pod\/talking\/quiet\] listening$/m);
});

test('-f shows lines as they come, and ends with the container', async () => {
  const following = startKubectl(['logs', '-f', 'talking', '-c', 'beating', '--tail=0'], { namespace: namespace.name });
  let seen = '';
  following.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => following.once('exit', resolve));
  try {
    await eventually('five new beats', async () => seen.split('\n').length > 5, { timeoutMs: 60_000 });
    const numbers = seen.trim().split('\n').map((line) => Number(line.split(' ')[1]));
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i)); // none lost, none twice
    await killContainer({ namespace: namespace.name, name: 'talking' }, 'beating');
    expect(await ended).toBe(0);
  } finally {
    following.kill('SIGKILL');
  }
});

test('--previous is the container before this one', async () => {
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/talking', '--timeout=60s']);
  const before = await eventually('the former log', () => logs('-c', 'beating', '--previous'));
  expect(before).toMatch(/^listening\nbeat 1\n/);
  const now = await eventually('a new first beat', async () => {
    const printed = await logs('-c', 'beating');
    return printed.includes('beat 1\n') && printed;
  });
  expect(now.length).toBeLessThan(before.length);
  expect((await runKubectl(['logs', 'talking', '-c', 'quiet', '--previous'], { namespace: namespace.name })).stderr).toContain('previous terminated container "quiet" in pod "talking" not found');
});

test('what is not there is said', async () => {
  const refused = async (...args: string[]) => (await runKubectl(['logs', ...args], { namespace: namespace.name })).stderr;
  expect(await refused('nobody')).toContain('error from server (NotFound): pods "nobody" not found');
  expect(await refused('talking', '-c', 'none')).toContain('container none is not valid for pod talking');
});
