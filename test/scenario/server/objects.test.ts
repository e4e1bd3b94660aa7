import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api.close());

const MAPS = '/api/v1/namespaces/default/configmaps';

test('an object goes through create, get, update, patch-free replacement and deletion', async () => {
  const created = await api.request('POST', MAPS, { body: { metadata: { name: 'life' }, data: { k: 'v' } } });
  expect(created.status).toBe(201);
  expect(created.json).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'life', namespace: 'default' }, data: { k: 'v' } });
  expect((await api.request('GET', `${MAPS}/life`)).json).toEqual(created.json);

  const updated = await api.request('PUT', `${MAPS}/life`, { body: { ...created.json, data: { k: 'w' } } });
  expect(updated.json.data).toEqual({ k: 'w' });
  expect(Number(updated.json.metadata.resourceVersion)).toBeGreaterThan(Number(created.json.metadata.resourceVersion));

  const stale = await api.request('PUT', `${MAPS}/life`, { body: created.json });
  expect(stale.json).toMatchObject({
    code: 409,
    reason: 'Conflict',
    message: 'Operation cannot be fulfilled on configmaps "life": the object has been modified; please apply your changes to the latest version and try again',
  });

  const deleted = await api.request('DELETE', `${MAPS}/life`);
  expect(deleted.json).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'life', kind: 'configmaps', uid: created.json.metadata.uid } });
  expect((await api.request('GET', `${MAPS}/life`)).status).toBe(404);
});

test('what is unchanged is not written again', async () => {
  const created = await api.request('POST', MAPS, { body: { metadata: { name: 'same' }, data: { k: 'v' } } });
  const again = await api.request('PUT', `${MAPS}/same`, { body: { metadata: { name: 'same' }, data: { k: 'v' } } });
  expect(again.json.metadata.resourceVersion).toBe(created.json.metadata.resourceVersion);
});

test.each<[string, string, unknown, number, string]>([
  ['POST', MAPS, { metadata: { name: 'x', namespace: 'other' } }, 400, 'the namespace of the provided object does not match the namespace sent on the request'],
  ['POST', '/api/v1/namespaces/nope/configmaps', { metadata: { name: 'x' } }, 404, 'namespaces "nope" not found'],
  ['POST', '/api/v1/configmaps', { metadata: { name: 'x' } }, 405, 'the server does not allow this method on the requested resource'],
  ['PUT', `${MAPS}/a`, { metadata: { name: 'b' } }, 400, 'the name of the object (b) does not match the name on the URL (a)'],
  ['PUT', `${MAPS}/a`, { metadata: {} }, 400, 'the name of the object (a based on URL) was undeterminable: name must be provided'],
  ['PUT', `${MAPS}/none`, { metadata: { name: 'none' } }, 404, 'configmaps "none" not found'],
  ['PUT', MAPS, {}, 405, 'the server does not allow this method on the requested resource'],
  ['GET', `${MAPS}/none`, undefined, 404, 'configmaps "none" not found'],
  ['GET', '/api/v1/foos', undefined, 404, 'the server could not find the requested resource'],
  ['GET', '/apis/apps/v9', undefined, 404, 'the server could not find the requested resource'],
  ['GET', '/api/v1/namespaces/default/nodes', undefined, 404, 'the server could not find the requested resource'],
  ['GET', '/api/v1/namespaces/default/pods/x/foo', undefined, 404, 'the server could not find the requested resource'],
  ['POST', '/api/v1/namespaces/default/pods/x/status', {}, 405, 'the server does not allow this method on the requested resource'],
  ['GET', '/apis/apps/v1/namespaces/default/deployments/nope/scale', undefined, 404, 'deployments.apps "nope" not found'],
  ['POST', '/version', {}, 405, 'the server does not allow this method on the requested resource'],
  ['POST', `${MAPS}?dryRun=foo`, { metadata: { name: 'x' } }, 422, 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["foo"]: supported values: "All"'],
  ['DELETE', '/api/v1/namespaces/default', undefined, 403, 'namespaces "default" is forbidden: this namespace may not be deleted'],
  ['DELETE', `${MAPS}/a`, { propagationPolicy: 'Foo' }, 422, 'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"'],
])('%s %s %j is refused as Kubernetes refuses it', async (...[method, path, body, code, message]) => {
  const answer = await api.request(method, path, { body });
  expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', code, message });
  expect(answer.status).toBe(code);
});

test.each(['/foo', '/apis/foo/v1', '/apis/foo/v1/bars'])('%s is nobody’s: plain 404', async (path) => {
  const answer = await api.request('GET', path);
  expect([answer.status, answer.text]).toEqual([404, '404 page not found\n']);
});

test('a name is taken once', async () => {
  const body = { metadata: { name: 'once' } };
  await api.request('POST', MAPS, { body });
  expect((await api.request('POST', MAPS, { body })).json).toMatchObject({ code: 409, reason: 'AlreadyExists', message: 'configmaps "once" already exists' });
});

test('a dry run answers like the real thing and leaves nothing', async () => {
  const answer = await api.request('POST', `${MAPS}?dryRun=All`, { body: { metadata: { name: 'dry' } } });
  expect(answer.status).toBe(201);
  expect(answer.json.metadata.resourceVersion).toBeUndefined();
  expect((await api.request('GET', `${MAPS}/dry`)).status).toBe(404);
});

test('unknown fields warn, or refuse under Strict', async () => {
  const body = { metadata: { name: 'fields' }, foo: 1 };
  const strict = await api.request('POST', `${MAPS}?fieldValidation=Strict`, { body });
  expect(strict.json).toMatchObject({ code: 400, message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo"' });
  const warned = await api.request('POST', MAPS, { body });
  expect(warned.headers.get('warning')).toBe('299 - "unknown field \\"foo\\""');
});

test('a kind that no controller serves is stored with a warning', async () => {
  const answer = await api.request('POST', '/api/v1/namespaces/default/limitranges', { body: { metadata: { name: 'l' }, spec: { limits: [] } } });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('warning')).toContain('no controller of this cluster serves LimitRange yet');
});

test('bodies and answers in YAML', async () => {
  const yaml = 'metadata:\n  name: yaml\ndata:\n  n: "0644"\n';
  const answer = await api.request('POST', MAPS, { body: yaml, headers: { 'content-type': 'application/yaml', accept: 'application/yaml' } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/yaml']);
  expect(answer.text).toContain('apiVersion: v1\n');
});

test('a body of an unknown type, and one that is too long', async () => {
  const unknown = await api.request('POST', MAPS, { body: 'x', headers: { 'content-type': 'text/plain' } });
  expect(unknown.json).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' });
  const long = await api.request('POST', MAPS, { body: 'x'.repeat(3 * 1024 * 1024 + 1) });
  expect(long.json).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge' });
});

test('a namespace that is going takes nothing new', async () => {
  await api.request('POST', '/api/v1/namespaces', { body: { metadata: { name: 'going' } } });
  const deleted = await api.request('DELETE', '/api/v1/namespaces/going');
  expect(deleted.json.status.phase).toBe('Terminating');
  const refused = await api.request('POST', '/api/v1/namespaces/going/configmaps', { body: { metadata: { name: 'x' } } });
  expect(refused.json).toMatchObject({
    code: 403,
    message: 'configmaps "x" is forbidden: unable to create new content in namespace going because it is being terminated',
    details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace going is being terminated', field: 'metadata.namespace' }] },
  });
  const finalized = await api.request('PUT', '/api/v1/namespaces/going/finalize', { body: { metadata: { name: 'going' }, spec: { finalizers: [] } } });
  expect(finalized.status).toBe(200);
  expect((await api.request('GET', '/api/v1/namespaces/going')).status).toBe(404);
});

test('a scale is a window on the replicas', async () => {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const path = '/apis/apps/v1/namespaces/default/deployments';
  await api.request('POST', path, { body: { metadata: { name: 'd' }, spec: { replicas: 2, selector: { matchLabels: { a: 'b' } }, template } } });
  const scale = (await api.request('GET', `${path}/d/scale`)).json;
  expect(scale).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 2 }, status: { replicas: 0, selector: 'a=b' } });
  expect((await api.request('PUT', `${path}/d/scale`, { body: { ...scale, spec: { replicas: 3 } } })).json.spec).toEqual({ replicas: 3 });
  expect((await api.request('GET', `${path}/d`)).json.spec.replicas).toBe(3);
  const negative = await api.request('PUT', `${path}/d/scale`, { body: { metadata: { name: 'd' }, spec: { replicas: -1 } } });
  expect(negative.json.message).toBe('Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0');
});

test('a pod is bound once', async () => {
  const pods = '/api/v1/namespaces/default/pods';
  await api.request('POST', pods, { body: { metadata: { name: 'b' }, spec: { containers: [{ name: 'c', image: 'i' }] } } });
  const binding = { metadata: { name: 'b' }, target: { kind: 'Node', name: 'n1' } };
  expect((await api.request('POST', `${pods}/b/binding`, { body: binding })).json).toMatchObject({ status: 'Success', code: 201 });
  const pod = (await api.request('GET', `${pods}/b`)).json;
  expect([pod.spec.nodeName, pod.status.conditions[0].type, pod.status.conditions[0].status]).toEqual(['n1', 'PodScheduled', 'True']);
  expect((await api.request('POST', '/api/v1/namespaces/default/bindings', { body: binding })).json.message).toBe(
    'Operation cannot be fulfilled on pods/binding "b": pod b is already assigned to node "n1"',
  );
});

test('an Event is the same in both of its groups', async () => {
  const involvedObject = { kind: 'Pod', namespace: 'default', name: 'x' };
  await api.request('POST', '/api/v1/namespaces/default/events', { body: { metadata: { name: 'e1' }, involvedObject, reason: 'r', message: 'm', type: 'Normal' } });
  const other = (await api.request('GET', '/apis/events.k8s.io/v1/namespaces/default/events/e1')).json;
  expect(other).toMatchObject({ kind: 'Event', apiVersion: 'events.k8s.io/v1', regarding: involvedObject, note: 'm', reason: 'r' });
  expect(other.involvedObject).toBeUndefined();
});

test('collections are deleted by selector', async () => {
  for (const name of ['c1', 'c2']) await api.request('POST', MAPS, { body: { metadata: { name, labels: { batch: name } } } });
  const deleted = await api.request('DELETE', `${MAPS}?labelSelector=batch%3Dc1`);
  expect(deleted.json).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'c1' } }] });
  expect((await api.request('GET', `${MAPS}/c1`)).status).toBe(404);
  expect((await api.request('GET', `${MAPS}/c2`)).status).toBe(200);
});

test('nothing failed that should not', () => {
  expect(api.failures).toEqual([]);
});

test('a deletion that means another object is refused', async () => {
  const { json: made } = await api.request('POST', MAPS, { body: { metadata: { name: 'guarded' } } });
  const attempt = async (preconditions: object) => (await api.request('DELETE', `${MAPS}/guarded`, { body: { preconditions } })).json.message;
  expect(await attempt({ uid: 'foo' })).toBe(
    `Operation cannot be fulfilled on ConfigMap "guarded": the UID in the precondition (foo) does not match the UID in record (${made.metadata.uid}). The object might have been deleted and then recreated`,
  );
  expect(await attempt({ resourceVersion: '1' })).toBe(
    `Operation cannot be fulfilled on ConfigMap "guarded": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${made.metadata.resourceVersion}). The object might have been modified`,
  );
  expect((await api.request('DELETE', `${MAPS}/guarded`, { body: { preconditions: { uid: made.metadata.uid } } })).status).toBe(200);
});

test('a PUT makes some kinds, for those who may create them', async () => {
  const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/l';
  expect((await api.request('PUT', lease, { body: { metadata: { name: 'l' } } })).status).toBe(201);
  expect((await api.request('PUT', lease, { body: { metadata: { name: 'l' } } })).status).toBe(200);
});

test('what is deprecated says so with every answer', async () => {
  const warning = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"';
  for (const path of ['endpoints', 'endpoints/none', 'endpoints?watch=true&untilHead=true']) {
    expect((await api.request('GET', `/api/v1/namespaces/default/${path}`)).headers.get('warning')).toBe(warning);
  }
});
