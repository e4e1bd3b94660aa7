import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { ensureInspectorImage } from '#test/support/images';
import { inspectorContainer } from './inspected-pod.ts';
import { type TestNamespace, createNamespace } from './namespace.ts';

// An application of three parts: a front end, an API service with its configuration, a database whose data outlives its pod.
let namespace: TestNamespace;

const part = (name: string, { container, volumes = [] }: { container: object; volumes?: object[] }) => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { strategy: { type: 'Recreate' }, selector: { matchLabels: { part: name } }, template: { metadata: { labels: { part: name } }, spec: { terminationGracePeriodSeconds: 1, volumes, containers: [inspectorContainer(name, container)] } } },
  },
  { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { part: name }, ports: [{ port: 80, targetPort: 8080 }] } },
];
const application = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { 'settings.json': '{"greeting": "hello"}' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'credentials' }, stringData: { PASSWORD: 'hunter2' } },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Mi' } } } },
  ...part('front', { container: {} }),
  ...part('api', { container: { envFrom: [{ secretRef: { name: 'credentials' } }], volumeMounts: [{ name: 'settings', mountPath: '/etc/api' }] }, volumes: [{ name: 'settings', configMap: { name: 'settings' } }] }),
  ...part('database', { container: { env: [{ name: 'NAME', value: 'the database' }], volumeMounts: [{ name: 'data', mountPath: '/var/lib/data' }] }, volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }),
];

const podOf = (name: string) => namespace.kubectl(['get', 'pods', '-l', `part=${name}`, '-o', 'jsonpath={.items[0].metadata.name} {.items[0].status.podIP}']).then((line) => line.split(' '));
/** Asks `name` what it gets when it asks another part by its Service's name. */
const through = async (name: string, url: string) => {
  const [, ip = ''] = await podOf(name);
  return (await fetch(`http://${ip}:8080/fetch?${encodeURIComponent(url)}`, { headers: { connection: 'close' } })).text();
};

beforeAll(async () => {
  await ensureInspectorImage();
  namespace = await createNamespace('three-parts');
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: application }) });
  for (const name of ['front', 'api', 'database']) await namespace.kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=60s']);
});
afterAll(() => namespace.remove());

test('each part reaches the others by the names of their Services', async () => {
  await eventually('the front end reaches the API', async () => (await through('front', 'http://api/env?PASSWORD')) === 'hunter2');
  await eventually('the API reaches the database', async () => (await through('api', 'http://database/env?NAME')) === 'the database');
  expect(await through('front', 'http://api/file?/etc/api/settings.json')).toBe('644 {"greeting": "hello"}');
});

test('what the database has written is there for the pod that takes its place', async () => {
  expect(await through('api', 'http://database/write?/var/lib/data/row')).toBe('ok');
  expect(await namespace.kubectl(['get', 'pvc', 'data', '-o', 'jsonpath={.status.phase}'])).toBe('Bound');
  const [before = ''] = await podOf('database');
  await namespace.kubectl(['delete', 'pod', before, '--timeout=60s']);
  await namespace.kubectl(['rollout', 'status', 'deployment/database', '--timeout=60s']);
  expect((await podOf('database'))[0]).not.toBe(before);
  await eventually('the row', async () => /^\d+ written by the database$/.test(await through('api', 'http://database/file?/var/lib/data/row')));
});
