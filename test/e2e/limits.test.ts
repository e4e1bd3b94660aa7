import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { INSPECTOR, ensureInspectorImage } from '#test/support/images';
import { type TestNamespace, createNamespace } from './namespace.ts';

// The kernel enforces what a container may have, and the pod says so.
const GLUTTON = 'const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1));';
let namespace: TestNamespace;

beforeAll(async () => {
  await ensureInspectorImage();
  namespace = await createNamespace('limits');
});
afterAll(() => namespace.remove());

test('a container that wants more memory than its limit is ended, OOMKilled', async () => {
  // The image's Node has the path that it has here.
  const container = { name: 'glutton', image: INSPECTOR, imagePullPolicy: 'Never', command: [process.execPath, '-e', GLUTTON], resources: { limits: { memory: '96Mi' } } };
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'glutton' }, spec: { restartPolicy: 'Never', containers: [container] } }) });
  await eventually('its end', async () => /^glutton\s+0\/1\s+OOMKilled\s+0\s/.test(await namespace.kubectl(['get', 'pod', 'glutton', '--no-headers'])));
  expect(await namespace.kubectl(['get', 'pod', 'glutton', '-o', 'jsonpath={.status.phase} {.status.containerStatuses[0].state.terminated.reason} {.status.containerStatuses[0].state.terminated.exitCode}'])).toBe('Failed OOMKilled 137');
});
