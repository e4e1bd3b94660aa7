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
