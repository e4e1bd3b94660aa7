import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { WEB_V1, ensureWebImages } from '#test/support/images';
import { kubectl } from '#test/support/kubectl';
import { type TestNamespace, createNamespace, eventuallyTold } from './namespace.ts';

// Pods that cannot run yet say why, and run as soon as they can.
let namespace: TestNamespace;
let node: string;
beforeAll(async () => {
  await ensureWebImages();
  namespace = await createNamespace('waiting');
  node = await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}']);
});
afterAll(async () => {
  await kubectl(['label', 'node', node, 'e2e-disk-', 'e2e-taint-']);
  await namespace.remove();
});

const run = (name: string, spec: object) => namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec }) });
const reason = (name: string) => namespace.kubectl(['get', 'pod', name, '-o', 'jsonpath={.status.conditions[?(@.type=="PodScheduled")].message}']);
const web = { name: 'web', image: WEB_V1 };

test('a node selector that no node fits: Pending with the reason, placed when a node gets the label', async () => {
  await run('picky', { nodeSelector: { 'e2e-disk': 'fast' }, containers: [web] });
  await eventually('the reason', async () => /^0\/\d+ nodes are available: \d+ node\(s\) didn't match Pod's node affinity\/selector/.test(await reason('picky')));
  expect(await namespace.kubectl(['get', 'pod', 'picky', '--no-headers'])).toMatch(/^picky\s+0\/1\s+Pending\s+0 /);
  await eventuallyTold(namespace, 'pod/picky', [/Warning\s+FailedScheduling/]);
  await kubectl(['label', 'node', node, 'e2e-disk=fast']);
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/picky', '--timeout=45s']);
});

test('more than the node has: Pending with the resource, placed when the pod that was in the way is gone', async () => {
  const cpu = await kubectl(['get', 'node', node, '-o', 'jsonpath={.status.allocatable.cpu}']);
  const half = { requests: { cpu: `${Number(cpu) * 600}m` } };
  await run('sitting', { terminationGracePeriodSeconds: 1, containers: [{ ...web, resources: half }] });
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/sitting', '--timeout=45s']);
  await run('hungry', { containers: [{ ...web, resources: half }] });
  await eventually('the reason', async () => /^0\/\d+ nodes are available: \d+ Insufficient cpu/.test(await reason('hungry')));
  await namespace.kubectl(['delete', 'pod', 'sitting', '--timeout=30s']);
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/hungry', '--timeout=45s']);
});

test('an image that no registry has: ErrImagePull, then ImagePullBackOff, with the words of the engine', async () => {
  await run('missing', { containers: [{ name: 'web', image: 'registry.invalid/none:v1' }] });
  await eventually('the reason', async () => /ErrImagePull|ImagePullBackOff/.test(await namespace.kubectl(['get', 'pod', 'missing', '--no-headers'])));
  await eventually('the back-off', async () => /ImagePullBackOff/.test(await namespace.kubectl(['get', 'pod', 'missing', '--no-headers'])));
  await eventuallyTold(namespace, 'pod/missing', [
    /Normal\s+Pulling\s.*Pulling image "registry.invalid\/none:v1"/,
    /Warning\s+Failed\s.*Failed to pull image "registry.invalid\/none:v1": /,
    /Warning\s+Failed\s.*Error: ErrImagePull/,
  ]);
});
