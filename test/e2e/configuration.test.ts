import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { ensureInspectorImage } from '#test/support/images';
import { type InspectedPod, inspectorContainer, runInspected } from './inspected-pod.ts';
import { type TestNamespace, createNamespace, eventuallyTold } from './namespace.ts';

// What ConfigMaps, Secrets, the pod's own fields and emptyDirs look like from inside of its containers.
const OTHER_PORT = 8081;
let namespace: TestNamespace;
let pod: InspectedPod;

beforeAll(async () => {
  await ensureInspectorImage();
  namespace = await createNamespace('configuration');
  await namespace.kubectl(['create', 'configmap', 'settings', '--from-literal=COLOR=blue', '--from-literal=size=large']);
  await namespace.kubectl(['create', 'secret', 'generic', 'credentials', '--from-literal=password=hunter2']);
  const scratch = { name: 'scratch', mountPath: '/scratch' };
  pod = await runInspected(namespace, {
    name: 'configured',
    labels: { tier: 'front' },
    spec: {
      volumes: [
        { name: 'settings', configMap: { name: 'settings' } },
        { name: 'credentials', secret: { secretName: 'credentials', defaultMode: 0o400, items: [{ key: 'password', path: 'db/password' }] } },
        { name: 'scratch', emptyDir: {} },
      ],
      containers: [
        inspectorContainer('first', {
          env: [
            { name: 'NAME', value: 'first' },
            { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'credentials', key: 'password' } } },
            { name: 'SIZE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'size' } } },
            { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'GREETING', value: '$(NAME) in $(POD), $$(NAME)' },
          ],
          envFrom: [{ configMapRef: { name: 'settings' }, prefix: 'SET_' }],
          volumeMounts: [{ name: 'settings', mountPath: '/etc/settings' }, { name: 'credentials', mountPath: '/etc/credentials' }, scratch, { name: 'settings', mountPath: '/etc/one-file', subPath: 'COLOR' }],
        }),
        inspectorContainer('second', { env: [{ name: 'NAME', value: 'second' }, { name: 'PORT', value: String(OTHER_PORT) }], volumeMounts: [scratch] }),
      ],
    },
  });
});
afterAll(() => namespace.remove());

test('environment from values, ConfigMap, Secret and fields', async () => {
  expect(await pod.ask('env', 'PASSWORD')).toBe('hunter2');
  expect(await pod.ask('env', 'SIZE')).toBe('large');
  expect(await pod.ask('env', 'SET_COLOR')).toBe('blue');
  expect(await pod.ask('env', 'GREETING')).toBe('first in configured, $(NAME)');
  expect(await pod.ask('env', 'KUBERNETES_SERVICE_PORT')).toBe('443');
});

test('files of a ConfigMap, a Secret with its mode, a single file, the service account', async () => {
  expect(await pod.ask('file', '/etc/settings/size')).toBe('644 large');
  expect(await pod.ask('file', '/etc/credentials/db/password')).toBe('400 hunter2');
  expect(await pod.ask('file', '/etc/one-file')).toBe('644 blue');
  expect(await pod.ask('file', '/var/run/secrets/kubernetes.io/serviceaccount/namespace')).toBe(`644 ${namespace.name}`);
});

test('an emptyDir is shared by the containers of a pod', async () => {
  await pod.ask('write', '/scratch/note', OTHER_PORT);
  expect(await pod.ask('file', '/scratch/note')).toBe('644 written by second');
});

test('files follow their ConfigMap, a single file of it does not', async () => {
  await namespace.kubectl(['patch', 'configmap', 'settings', '-p', '{"data":{"size":"small","COLOR":"red"}}']);
  await eventually('the new value', async () => (await pod.ask('file', '/etc/settings/size')) === '644 small');
  expect(await pod.ask('file', '/etc/one-file')).toBe('644 blue');
});

test('a container whose ConfigMap is missing waits, says why, and starts once it is there', async () => {
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'waiting' }, spec: { containers: [inspectorContainer('web', { envFrom: [{ configMapRef: { name: 'later' } }] })] } };
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
  await namespace.kubectl(['wait', '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CreateContainerConfigError', 'pod/waiting', '--timeout=30s']);
  await eventuallyTold(namespace, 'pod/waiting', [/Error: configmap "later" not found/]);
  await namespace.kubectl(['create', 'configmap', 'later', '--from-literal=a=b']);
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/waiting', '--timeout=45s']);
});
