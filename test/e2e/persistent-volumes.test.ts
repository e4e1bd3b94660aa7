import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { ensureInspectorImage } from '#test/support/images';
import { type InspectedPod, inspectorContainer, runInspected } from './inspected-pod.ts';
import { type TestNamespace, createNamespace } from './namespace.ts';

// A claim of the default class: bound when its first pod comes, and its data outlives that pod.
let namespace: TestNamespace;

beforeAll(async () => {
  await ensureInspectorImage();
  namespace = await createNamespace('persistent-volumes');
});
afterAll(() => namespace.remove());

test('data outlives its pod, and goes with its claim', async () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Mi' } } } };
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(claim) });
  await eventually('the claim waits for its first pod', async () => (await namespace.kubectl(['get', 'events', '--field-selector', 'reason=WaitForFirstConsumer', '-o', 'name'])) !== '');
  expect(await namespace.kubectl(['get', 'pvc', 'data', '-o', 'jsonpath={.spec.storageClassName} {.status.phase}'])).toBe('zeroplane-local Pending');

  const writer = await withData('writer');
  expect(await namespace.kubectl(['get', 'pvc', 'data', '-o', 'jsonpath={.status.phase} {.status.capacity.storage}'])).toBe('Bound 10Mi');
  await writer.ask('write', '/data/note');
  expect(await writer.ask('file', '/data/note')).toMatch(/written by writer$/);
  await namespace.kubectl(['delete', 'pod', 'writer', '--wait']);

  const reader = await withData('reader');
  expect(await reader.ask('file', '/data/note')).toMatch(/written by writer$/);
  const volume = await namespace.kubectl(['get', 'pvc', 'data', '-o', 'jsonpath={.spec.volumeName}']);
  await namespace.kubectl(['delete', 'pvc', 'data', '--wait=false']);
  expect(await namespace.kubectl(['get', 'pvc', 'data', '-o', 'jsonpath={.metadata.finalizers}'])).toBe('["kubernetes.io/pvc-protection"]');
  await namespace.kubectl(['delete', 'pod', 'reader', '--wait']);
  await eventually('claim and volume are gone', async () => (await namespace.kubectl(['get', 'pvc,pv', '--ignore-not-found', '-o', 'name'])).split('\n').every((name) => !name.endsWith(volume) && name !== 'persistentvolumeclaim/data'));
});

function withData(name: string): Promise<InspectedPod> {
  return runInspected(namespace, {
    name,
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }], containers: [inspectorContainer('inspector', { env: [{ name: 'NAME', value: name }], volumeMounts: [{ name: 'data', mountPath: '/data' }] })] },
  });
}
