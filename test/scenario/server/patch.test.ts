import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api.close());

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const containers = [{ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:1' }];
beforeEach(async () => {
  await api.request('DELETE', `${DEPLOYMENTS}/d`);
  await api.request('POST', DEPLOYMENTS, { body: { metadata: { name: 'd' }, spec: { selector: { matchLabels: { x: 'y' } }, template: { metadata: { labels: { x: 'y' } }, spec: { containers } } } } });
});

const patch = (type: string, body: unknown, path = `${DEPLOYMENTS}/d`) => api.request('PATCH', path, { body, headers: { 'content-type': `application/${type}` } });
const images = (json: unknown) => (json as { spec: { template: { spec: { containers: { image: string }[] } } } }).spec.template.spec.containers.map(({ image }) => image);

test('a strategic merge patch finds a container by its name', async () => {
  const { json } = await patch('strategic-merge-patch+json', { spec: { template: { spec: { containers: [{ name: 'b', image: 'b:2' }] } } } });
  expect(images(json)).toEqual(['a:1', 'b:2']);
});

test('a merge patch replaces a list', async () => {
  const { json } = await patch('merge-patch+json', { spec: { template: { spec: { containers: [{ name: 'b', image: 'b:2' }] } } } });
  expect(images(json)).toEqual(['b:2']);
});

test('a JSON patch goes step by step, or not at all', async () => {
  const { json } = await patch('json-patch+json', [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'a:2' }]);
  expect(images(json)).toEqual(['a:2', 'b:1']);
  const failed = await patch('json-patch+json', [{ op: 'remove', path: '/spec/paused' }, { op: 'test', path: '/spec/replicas', value: 9 }]);
  expect(failed.json).toMatchObject({ code: 422, reason: 'Invalid', message: 'the server rejected our request due to an error in our request' });
});

test('a patch of scale and of status', async () => {
  expect((await patch('merge-patch+json', { spec: { replicas: 5 } }, `${DEPLOYMENTS}/d/scale`)).json).toMatchObject({ kind: 'Scale', spec: { replicas: 5 } });
  const { json } = await patch('merge-patch+json', { spec: { replicas: 7 }, status: { replicas: 4 } }, `${DEPLOYMENTS}/d/status`);
  expect([json.spec.replicas, json.status]).toMatchObject([5, { replicas: 4 }]);
});

test.each<[string, unknown, number, string]>([
  ['merge-patch+json', { metadata: { resourceVersion: '1' } }, 409, 'Operation cannot be fulfilled on deployments.apps "d": the object has been modified; please apply your changes to the latest version and try again'],
  ['merge-patch+json', { metadata: { name: 'other' } }, 400, 'the name of the object (other) does not match the name on the URL (d)'],
  ['merge-patch+json', '{', 400, 'error decoding patch: unexpected end of JSON input'],
  ['json', {}, 415, '415: Unsupported Media Type'],
  ['apply-patch+yaml', {}, 422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'],
])('%s of %j is refused as Kubernetes refuses it', async (type, body, code, message) => {
  expect((await patch(type, body)).json).toMatchObject({ code, message });
});

test('nothing is patched into being', async () => {
  expect((await patch('merge-patch+json', {}, `${DEPLOYMENTS}/none`)).json).toMatchObject({ code: 404, message: 'deployments.apps "none" not found' });
});
