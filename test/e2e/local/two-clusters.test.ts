import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { hostFootprint, linesThatName, namesIn } from '#test/support/host-footprint';
import { WEB_V1, WEB_V2, ensureInspectorImage, ensureWebImages } from '#test/support/images';
import { type LocalCluster, localCluster } from '#test/support/local-cluster';
import { inspectorContainer, runInspected } from '../inspected-pod.ts';
import { answerOf } from '../namespace.ts';

// Two clusters side by side on one machine: each answers at its own addresses, and one that goes takes nothing of the other with it.
const first = localCluster('first');
const second = localCluster('second');
beforeAll(async () => {
  await Promise.all([ensureInspectorImage(), ensureWebImages()]);
  await Promise.all([first.up(), second.up()]);
});
afterAll(async () => {
  await Promise.all([first.remove(), second.remove()]);
});

const podTemplate = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: {
    // A volume in memory is a mount of its own on the host.
    volumes: [{ name: 'scratch', emptyDir: { medium: 'Memory' } }],
    containers: [{ name: 'web', image, ports: [{ containerPort: 8080 }], readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 }, volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }],
  },
});

async function deployWeb(cluster: LocalCluster, image: string): Promise<string> {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: podTemplate(image) } };
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(deployment) });
  await cluster.kubectl(['expose', 'deployment', 'web', '--port=80', '--target-port=8080', '--type=LoadBalancer']);
  await cluster.kubectl(['rollout', 'status', 'deployment/web', '--timeout=45s']);
  return eventually('an external address', () => cluster.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']));
}

test('both answer, each at addresses of its own', async () => {
  const [one, other] = await Promise.all([deployWeb(first, WEB_V1), deployWeb(second, WEB_V2)]);
  expect(one).not.toBe(other);
  expect(await eventually('the first answers', () => answerOf(`${one}:80`))).toBe('version 1');
  expect(await eventually('the second answers', () => answerOf(`${other}:80`))).toBe('version 2');
  const { podCidr, serviceCidr, loadBalancerCidr } = first.facts();
  for (const range of [podCidr, serviceCidr, loadBalancerCidr]) expect(Object.values(second.facts())).not.toContain(range);
});

test("a pod reaches its own cluster's API by name, and knows it by the cluster's CA", async () => {
  const trust = { name: 'NODE_EXTRA_CA_CERTS', value: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' };
  const client = await runInspected(second, { name: 'client', spec: { containers: [inspectorContainer('client', { env: [trust] })] } });
  expect(await client.ask('fetch', 'https://kubernetes.default.svc/api')).toContain('"code":401'); // it came through, without a token
  await second.kubectl(['delete', 'pod', 'client']);
});

test('down takes all of the first from the machine and nothing of the second', async () => {
  const [mine, theirs] = await Promise.all([hostFootprint(first), hostFootprint(second)]);
  const names = namesIn(mine);
  expect(mine.containers).toHaveLength(4); // two pods: a sandbox and a container each
  expect(names.length).toBeGreaterThan(3); // a link for each pod, the device of Services, chains
  for (const [what, found] of Object.entries<string[]>({ ...mine })) expect(found.length, what).toBeGreaterThan(0);

  expect((await first.zeroplane('down')).code).toBe(0);
  expect(await hostFootprint(first)).toEqual({ containers: [], links: [], routes: [], rules: [], mounts: [], processes: [] });
  expect(await linesThatName(names)).toEqual([]);
  expect(await hostFootprint(second)).toEqual(theirs);
  expect(await answerOf(`${await second.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}'])}:80`)).toBe('version 2');
});

test('up again runs the same pods anew, at the same addresses', async () => {
  await first.up();
  const address = await first.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']);
  await eventually('an answer', async () => (await answerOf(`${address}:80`)) === 'version 1');
});
