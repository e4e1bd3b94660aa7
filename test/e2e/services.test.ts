import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { WEB_V1, ensureInspectorImage, ensureWebImages } from '#test/support/images';
import { type InspectedPod, inspectorContainer, runInspected } from './inspected-pod.ts';
import { type TestNamespace, answerOf, createNamespace } from './namespace.ts';

// The ways to a Service: from the node by NodePort, from a pod by address and by every form of its name.
let namespace: TestNamespace;
let pod: InspectedPod;
let clusterIp: string;

beforeAll(async () => {
  await Promise.all([ensureInspectorImage(), ensureWebImages()]);
  namespace = await createNamespace('services');
  await namespace.kubectl(['create', 'deployment', 'web', `--image=${WEB_V1}`, '--port=8080', '--replicas=2']);
  await namespace.kubectl(['expose', 'deployment', 'web', '--port=80', '--target-port=8080', '--type=NodePort']);
  await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  clusterIp = await namespace.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}']);
  pod = await runInspected(namespace, { name: 'client', spec: { containers: [inspectorContainer('client')] } });
});
afterAll(() => namespace.remove());

test("a NodePort answers at the node's localhost", async () => {
  const port = await namespace.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.ports[0].nodePort}']);
  await eventually('an answer', async () => (await answerOf(`127.0.0.1:${port}`)) === 'version 1');
});

test('a pod reaches the Service by its address and by its name', async () => {
  expect(await pod.ask('fetch', `http://${clusterIp}/`)).toBe('version 1\n');
  expect(await pod.ask('fetch', 'http://web/')).toBe('version 1\n');
});

test.each(['web', 'NAMESPACE', 'svc', 'whole'])('cluster DNS answers in a pod to the name up to its part "%s"', async (part) => {
  const forms: Record<string, string> = { web: 'web', NAMESPACE: `web.${namespace.name}`, svc: `web.${namespace.name}.svc`, whole: `web.${namespace.name}.svc.cluster.local` };
  expect(await pod.ask('lookup', forms[part])).toBe(clusterIp);
});

test('the API has its name, a headless Service the addresses of its pods', async () => {
  expect(await pod.ask('lookup', 'kubernetes.default')).toBe(await pod.ask('env', 'KUBERNETES_SERVICE_HOST'));
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'headless' }, spec: { clusterIP: 'None', selector: { app: 'web' }, ports: [{ port: 8080 }] } }) });
  const ips = (await namespace.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].status.podIP}'])).split(' ');
  await eventually("a pod's address", async () => ips.includes(await pod.ask('lookup', 'headless')));
});

test('a Service without endpoints refuses at once, and takes connections as soon as it has one', async () => {
  await namespace.kubectl(['create', 'service', 'clusterip', 'nobody', '--tcp=80:8080']);
  await eventually('a refusal', async () => (await pod.ask('fetch', 'http://nobody/')).includes('ECONNREFUSED'), { timeoutMs: 10_000 });
  await namespace.kubectl(['run', 'somebody', `--image=${WEB_V1}`, '--labels=app=nobody']);
  await eventually('an answer', async () => (await pod.ask('fetch', 'http://nobody/')) === 'version 1\n');
});

test('with session affinity a client stays with one pod, and without it meets both', async () => {
  const hostnames = async () => new Set(await Promise.all(Array.from({ length: 12 }, () => pod.ask('fetch', `http://${clusterIp}/hostname`))));
  await namespace.kubectl(['patch', 'service', 'web', '-p', '{"spec":{"sessionAffinity":"ClientIP"}}']);
  await eventually('one pod for this client', async () => (await hostnames()).size === 1);
  expect((await hostnames()).size).toBe(1);
  await namespace.kubectl(['patch', 'service', 'web', '-p', '{"spec":{"sessionAffinity":"None"}}']);
  await eventually('both pods', async () => (await hostnames()).size === 2);
});

test('a Service changes its type: a name for another one, then with an address and a node port of its own', async () => {
  await namespace.kubectl(['create', 'service', 'externalname', 'changing', `--external-name=web.${namespace.name}.svc.cluster.local`]);
  await eventually('the address of the other', async () => (await pod.ask('lookup', 'changing')) === clusterIp);
  const spec = { type: 'NodePort', externalName: null, selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] };
  await namespace.kubectl(['patch', 'service', 'changing', '-p', JSON.stringify({ spec })]);
  const [own = '', nodePort = ''] = (await namespace.kubectl(['get', 'service', 'changing', '-o', 'jsonpath={.spec.clusterIP} {.spec.ports[0].nodePort}'])).split(' ');
  await eventually('an address of its own', async () => (await pod.ask('lookup', 'changing')) === own);
  await eventually('an answer at its node port', async () => (await answerOf(`127.0.0.1:${nodePort}`)) === 'version 1');
});

test('Endpoints that somebody writes are where a Service without a selector leads', async () => {
  const [ip = ''] = (await namespace.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].status.podIP}'])).split(' ');
  const metadata = { name: 'by-hand' };
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80, targetPort: 8080 }] } };
  const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [{ addresses: [{ ip }], ports: [{ port: 8080 }] }] };
  for (const object of [service, endpoints]) await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) });
  await eventually('an answer', async () => (await pod.ask('fetch', 'http://by-hand/')) === 'version 1\n');
});

test('a pod with a host name in a headless Service has a name of its own; its host port leads to it', async () => {
  const hostPort = 20_000 + (process.pid % 5_000);
  const container = inspectorContainer('named', { ports: [{ containerPort: 8080, hostPort, hostIP: '127.0.0.1' }] });
  await runInspected(namespace, { name: 'named', labels: { app: 'web' }, spec: { hostname: 'one', subdomain: 'headless', containers: [container] } });
  const ip = await namespace.kubectl(['get', 'pod', 'named', '-o', 'jsonpath={.status.podIP}']);
  await eventually('its name', async () => (await pod.ask('lookup', 'one.headless')) === ip);
  expect(await pod.ask('lookup', `${ip.replaceAll('.', '-')}.${namespace.name}.pod.cluster.local`)).toBe(ip);
  await eventually('an answer at its host port', async () => (await answerOf(`127.0.0.1:${hostPort}`)) === 'inspector');
});
