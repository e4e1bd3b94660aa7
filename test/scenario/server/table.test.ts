import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { openWatch } from '#test/support/watch-lines';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
  await api.request('POST', MAPS, { body: { metadata: { name: 'a' }, data: { k: 'v' } } });
});
afterAll(() => api.close());

const MAPS = '/api/v1/namespaces/default/configmaps';
// As kubectl asks: an old version of Table first, plain JSON last.
const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json' };

test('a list and an object as Tables, with the columns of their kind', async () => {
  const { json: list } = await api.request('GET', MAPS, { headers });
  const row = { cells: ['a', 1, expect.stringMatching(/^\d+s$/) as string], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'a' } } };
  expect(list).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1', rows: [row] });
  expect((list.columnDefinitions as { name: string }[]).map(({ name }) => name)).toEqual(['Name', 'Data', 'Age']);
  expect((await api.request('GET', `${MAPS}/a`, { headers })).json).toMatchObject({ kind: 'Table', rows: [row] });
});

test('what is asked and not stored has no Table', async () => {
  const body = { spec: { nonResourceAttributes: { path: '/apis', verb: 'get' } } };
  const ask = (accept: string) => api.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body, headers: { accept } });
  expect((await ask('application/json;as=Table;v=v1;g=meta.k8s.io')).status).toBe(406);
  expect((await ask(headers.accept)).json).toMatchObject({ kind: 'SelfSubjectAccessReview', status: { allowed: true } });
});

test('what stands beside the cells is the client’s choice', async () => {
  expect((await api.request('GET', `${MAPS}/a?includeObject=None`, { headers })).json).toMatchObject({ rows: [{ object: null }] });
  expect((await api.request('GET', `${MAPS}/a?includeObject=Object`, { headers })).json).toMatchObject({ rows: [{ object: { kind: 'ConfigMap', data: { k: 'v' } } }] });
  expect((await api.request('GET', `${MAPS}/a?includeObject=Foo`, { headers })).json.message).toBe(
    'Unable to convert to Table as requested: includeObject: Invalid value: "Foo": must be \'Metadata\', \'Object\', \'None\', or empty',
  );
});

test('a watch of Tables brings its columns once', async () => {
  const watch = await openWatch(api, `${MAPS}?watch=true`, headers);
  const first = await watch.next();
  await api.request('POST', MAPS, { body: { metadata: { name: 'b' } } });
  const second = await watch.next();
  expect([first.type, second.type]).toEqual(['ADDED', 'ADDED']);
  expect(first.object.columnDefinitions).toHaveLength(3);
  expect(second.object.columnDefinitions).toBeNull();
  await watch.close();
});
