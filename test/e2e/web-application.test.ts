import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { ensureWebImages } from '#test/support/images';
import { runKubectl } from '#test/support/kubectl';
import { type TestNamespace, answerOf, createNamespace, eventuallyTold } from './namespace.ts';

// Flow 1: an unchanged manifest, applied with an unchanged kubectl, becomes running containers behind an address.
const manifest = (name: string) => join(import.meta.dirname, 'manifests', name);

let namespace: TestNamespace;

beforeAll(async () => {
  await ensureWebImages();
  namespace = await createNamespace('web');
});
afterAll(() => namespace.remove());

test('the manifest is applied and becomes four ready pods', async () => {
  const applied = await namespace.kubectl(['apply', '-f', manifest('flask.yaml')]);
  expect(applied).toBe('service/flask-kubernetes-service created\ndeployment.apps/flask-kubernetes created\n');
  await namespace.kubectl(['rollout', 'status', 'deployment/flask-kubernetes', '--timeout=60s']);
  const pods = await namespace.kubectl(['get', 'pods', '--no-headers']);
  expect(pods.trim().split('\n').map((line) => line.split(/\s+/).slice(1, 4))).toEqual(Array(4).fill(['1/1', 'Running', '0']));
});

test('get deployments shows 4/4', async () => {
  expect(await namespace.kubectl(['get', 'deployments', '--no-headers'])).toMatch(/^flask-kubernetes\s+4\/4\s+4\s+4\s+\d+s\n$/);
});

test('the load balancer address answers', async () => {
  const ip = await eventually('an external address', () => namespace.kubectl(['get', 'service', 'flask-kubernetes-service', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']).then((address) => address !== '' && address));
  expect(await eventually('an answer', () => answerOf(`${ip}:6000`))).toBe('Hello from Kubernetes!');
  expect(await namespace.kubectl(['get', 'services', '--no-headers'])).toMatch(new RegExp(`^flask-kubernetes-service\\s+LoadBalancer\\s+[\\d.]+\\s+${ip}\\s+6000:3\\d{4}/TCP\\s+\\d+s\\n$`));
});

test('applied again, nothing changes', async () => {
  expect(await namespace.kubectl(['apply', '-f', manifest('flask.yaml')])).toBe('service/flask-kubernetes-service unchanged\ndeployment.apps/flask-kubernetes unchanged\n');
});

test('describe tells the story of each pod', async () => {
  // One by one: of several pods at once kubectl leaves the events out.
  const pods = (await namespace.kubectl(['get', 'pods', '-o', 'name'])).trim().split('\n');
  expect(pods).toHaveLength(4);
  for (const pod of pods) await eventuallyTold(namespace, pod, ['Scheduled', 'Pulled', 'Created', 'Started'].map((reason) => new RegExp(`Normal\\s+${reason}\\s`)));
  await eventuallyTold(namespace, 'deployment/flask-kubernetes', [/Replicas:\s+4 desired \| 4 updated \| 4 total \| 4 available \| 0 unavailable/, /ScalingReplicaSet/]);
});

test('the manifest as it circulates, broken, is refused field by field and leaves nothing', async () => {
  const empty = await createNamespace('broken');
  try {
    const refused = await runKubectl(['apply', '-f', manifest('flask-broken.yaml')], { namespace: empty.name });
    expect(refused.code).toBe(1);
    // Word for word what kubectl prints of the real API server's answers.
    expect(refused.stderr).toContain('Service "flask-kubernetes -service" is invalid: metadata.name: Invalid value: "flask-kubernetes -service": a lowercase RFC 1123 label must consist of');
    expect(refused.stderr).toContain('Deployment.apps "flask-kubernetes" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"flask-kubernetes"}: `selector` does not match template `labels`]');
    expect((await runKubectl(['get', 'all', '--no-headers'], { namespace: empty.name })).stdout).toBe('');
  } finally {
    await empty.remove();
  }
});

test('delete -f removes it all, pods included', async () => {
  await namespace.kubectl(['delete', '-f', manifest('flask.yaml'), '--timeout=60s']);
  await eventually('no pods', async () => (await namespace.kubectl(['get', 'pods', '--no-headers'])) === '');
});
