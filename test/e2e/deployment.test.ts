import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { WEB_V1, WEB_V2, ensureWebImages } from '#test/support/images';
import { type TestNamespace, answerOf, createNamespace } from './namespace.ts';

// The commands of a first day, by hand: create, expose, scale, set image, undo, delete.
let namespace: TestNamespace;

beforeAll(async () => {
  await ensureWebImages();
  namespace = await createNamespace('deployment');
});
afterAll(() => namespace.remove());

const readyPods = () => namespace.kubectl(['get', 'deployment', 'web', '-o', 'jsonpath={.status.readyReplicas}']);
const serviceAddress = async () => `${await namespace.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}'])}:80`;

test('create deployment, and wait for its rollout', async () => {
  expect(await namespace.kubectl(['create', 'deployment', 'web', `--image=${WEB_V1}`, '--port=8080'])).toBe('deployment.apps/web created\n');
  expect(await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s'])).toContain('deployment "web" successfully rolled out');
});

test('expose gives it an address in the cluster', async () => {
  expect(await namespace.kubectl(['expose', 'deployment', 'web', '--port=80', '--target-port=8080'])).toBe('service/web exposed\n');
  const address = await serviceAddress();
  expect(await eventually('an answer', () => answerOf(address))).toBe('version 1');
});

test('scale up and down', async () => {
  await namespace.kubectl(['scale', 'deployment/web', '--replicas=3']);
  await eventually('three ready pods', async () => (await readyPods()) === '3');
  await namespace.kubectl(['scale', 'deployment/web', '--replicas=2']);
  await eventually('two pods', async () => (await namespace.kubectl(['get', 'pods', '--no-headers'])).trim().split('\n').length === 2);
});

test('set image rolls to the new version, and history knows both', async () => {
  await namespace.kubectl(['set', 'image', 'deployment/web', `web=${WEB_V2}`]);
  await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  const address = await serviceAddress();
  await eventually('the new version', async () => (await answerOf(address)) === 'version 2');
  const history = await namespace.kubectl(['rollout', 'history', 'deployment/web']);
  expect(history.trim().split('\n').slice(2).map((line) => line.split(/\s+/)[0])).toEqual(['1', '2']);
});

test('rollout undo goes back', async () => {
  expect(await namespace.kubectl(['rollout', 'undo', 'deployment/web'])).toBe('deployment.apps/web rolled back\n');
  await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  const address = await serviceAddress();
  await eventually('the old version', async () => (await answerOf(address)) === 'version 1');
  const history = await namespace.kubectl(['rollout', 'history', 'deployment/web']);
  expect(history.trim().split('\n').slice(2).map((line) => line.split(/\s+/)[0])).toEqual(['2', '3']);
});

test('an image that is not there stops the rollout, keeps the old pods, and says why', async () => {
  const container = { name: 'web', image: 'zeroplane-test/none:v9', imagePullPolicy: 'Never' };
  await namespace.kubectl(['patch', 'deployment', 'web', '-p', JSON.stringify({ spec: { template: { spec: { containers: [container] } } } })]);
  await eventually('the reason', async () => /ErrImageNeverPull/.test(await namespace.kubectl(['get', 'pods', '--no-headers'])));
  expect(await readyPods()).toBe('2');
  await namespace.kubectl(['rollout', 'undo', 'deployment/web']);
  await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
});

test('delete deployment removes its replica sets and pods', async () => {
  await namespace.kubectl(['delete', 'deployment', 'web', '--timeout=30s']);
  await eventually('nothing left', async () => (await namespace.kubectl(['get', 'replicasets,pods', '--no-headers'])) === '');
});
