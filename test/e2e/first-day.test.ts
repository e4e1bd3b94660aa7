import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { INSPECTOR, WEB_V1, ensureInspectorImage, ensureWebImages } from '#test/support/images';
import { kubectl, runKubectl } from '#test/support/kubectl';
import { type TestNamespace, answerOf, createNamespace } from './namespace.ts';

// Flows 2 and 3, line by line: from an image to an address and cleaned up again; then the same by a manifest with its configuration.
const AP_DOCKER = readFileSync(join(import.meta.dirname, 'manifests', 'ap-docker.yaml'), 'utf8').replace(/image: \S+/, `image: ${INSPECTOR}`);
let namespace: TestNamespace;

beforeAll(async () => {
  await Promise.all([ensureWebImages(), ensureInspectorImage()]);
  namespace = await createNamespace('first-day');
});
afterAll(() => namespace.remove());

const lines = async (...words: string[]) => (await namespace.kubectl([...words, '--no-headers'])).trim().split('\n');

test('cluster-info says where the control plane is', async () => {
  const said = (await kubectl(['cluster-info'])).replace(/\u001b\[[\d;]*m/g, '');
  expect(said).toMatch(/^Kubernetes control plane is running at https?:\/\/\S+\n/);
});

test('create deployment, run: two ways to a pod, shown as deployment and as pods', async () => {
  await namespace.kubectl(['create', 'deployment', 'my-node', `--image=${WEB_V1}`, '--port=8080']);
  expect(await namespace.kubectl(['run', 'my-pod', `--image=${WEB_V1}`, '--port=8080'])).toBe('pod/my-pod created\n');
  await namespace.kubectl(['rollout', 'status', 'deployment/my-node', '--timeout=60s']);
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/my-pod', '--timeout=60s']);
  expect(await lines('get', 'deployments')).toEqual([expect.stringMatching(/^my-node\s+1\/1\s+1\s+1\s/)]);
  expect(await lines('get', 'pods')).toEqual([expect.stringMatching(/^my-node-\S+\s+1\/1\s+Running\s+0\s/), expect.stringMatching(/^my-pod\s+1\/1\s+Running\s+0\s/)]);
  expect(await lines('get', 'pods', '-o', 'wide')).toEqual(Array(2).fill(expect.stringMatching(/\s\d+\.\d+\.\d+\.\d+\s+\S+\s+<none>\s+<none>$/)));
});

test('get events: the six reasons of a pod that a deployment made', async () => {
  await eventually('all six', async () => {
    const told = await namespace.kubectl(['get', 'events']);
    return ['Scheduled', 'Pulled', 'Created', 'Started', 'SuccessfulCreate', 'ScalingReplicaSet'].every((reason) => new RegExp(`\\sNormal\\s+${reason}\\s`).test(told));
  });
});

test('expose it to the outside: cluster address, external address, node port; it answers there', async () => {
  await namespace.kubectl(['expose', 'deployment', 'my-node', '--type=LoadBalancer', '--port=8080']);
  const ip = await eventually('an external address', () => namespace.kubectl(['get', 'service', 'my-node', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']).then((address) => address !== '' && address));
  expect(await lines('get', 'services')).toEqual([expect.stringMatching(new RegExp(`^my-node\\s+LoadBalancer\\s+\\d+\\.\\d+\\.\\d+\\.\\d+\\s+${ip}\\s+8080:3\\d{4}/TCP\\s`))]);
  expect(await eventually('an answer', () => answerOf(`${ip}:8080`))).toBe('version 1');
});

test('cleaned up: the Service, the deployment, the pod', async () => {
  expect(await namespace.kubectl(['delete', 'service', 'my-node'])).toBe(`service "my-node" deleted from ${namespace.name} namespace\n`);
  expect(await namespace.kubectl(['delete', 'deployment', 'my-node'])).toBe(`deployment.apps "my-node" deleted from ${namespace.name} namespace\n`);
  await namespace.kubectl(['delete', 'pod', 'my-pod', '--now']);
  await eventually('nothing left', async () => (await namespace.kubectl(['get', 'deployments,services,pods', '--no-headers'])) === '');
});

test('by manifest: created, unchanged, differing, configured; the configuration is in the environment', async () => {
  expect(await namespace.kubectl(['apply', '-f', '-'], { stdin: AP_DOCKER })).toBe('configmap/services-config created\ndeployment.apps/services created\nservice/services created\n');
  await namespace.kubectl(['rollout', 'status', 'deployment/services', '--timeout=60s']);
  expect(await namespace.kubectl(['apply', '-f', '-'], { stdin: AP_DOCKER })).toBe('configmap/services-config unchanged\ndeployment.apps/services unchanged\nservice/services unchanged\n');
  expect(await lines('get', 'deploy', '-o', 'wide')).toEqual([expect.stringMatching(new RegExp(`^services\\s+1/1\\s+1\\s+1\\s+\\S+\\s+services\\s+${INSPECTOR}\\s+app=ap-docker$`))]);
  const ip = await namespace.kubectl(['get', 'pods', '-l', 'app=ap-docker', '-o', 'jsonpath={.items[0].status.podIP}']);
  const asked = await fetch(`http://${ip}:8080/env?LOG_LEVEL`, { headers: { connection: 'close' } });
  expect(await asked.text()).toBe('debug');
});

test('edited: diff shows it before, apply does it', async () => {
  const edited = AP_DOCKER.replace('replicas: 1', 'replicas: 2');
  const shown = await runKubectl(['diff', '-f', '-'], { namespace: namespace.name, stdin: edited });
  expect(shown).toMatchObject({ code: 1, stdout: expect.stringMatching(/^-\s+replicas: 1\n\+\s+replicas: 2$/m) as string });
  expect(await namespace.kubectl(['apply', '-f', '-'], { stdin: edited })).toBe('configmap/services-config unchanged\ndeployment.apps/services configured\nservice/services unchanged\n');
  expect((await runKubectl(['diff', '-f', '-'], { namespace: namespace.name, stdin: edited })).code).toBe(0);
  await namespace.kubectl(['rollout', 'status', 'deployment/services', '--timeout=60s']);
  expect(await namespace.kubectl(['describe', 'deploy/services'])).toMatch(/Replicas:\s+2 desired \| 2 updated \| 2 total \| 2 available/);
});

test('delete -f takes all of it away', async () => {
  await namespace.kubectl(['delete', '-f', '-', '--timeout=60s'], { stdin: AP_DOCKER });
  await eventually('nothing left', async () => (await namespace.kubectl(['get', 'deployments,services,pods', '--no-headers'])) === '');
});
