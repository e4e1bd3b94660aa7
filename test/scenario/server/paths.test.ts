import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestOf, startApiServer, type ApiServer } from '#test/support/api-server';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api.close());

test('the root lists paths, and each of them answers', async () => {
  const { paths } = (await api.request('GET', '/')).json as unknown as { paths: string[] };
  expect(paths).toEqual(expect.arrayContaining(['/api/v1', '/apis/apps/v1', '/version']));
  for (const path of paths) expect([path, (await api.request('GET', path)).status]).toEqual([path, 200]);
});

test('health is one word, or a line a check', async () => {
  expect((await api.request('GET', '/readyz')).text).toBe('ok');
  expect((await api.request('GET', '/livez?verbose')).text).toBe('[+]ping ok\nlivez check passed\n');
});

test('aggregated discovery for who asks for it, plain for others', async () => {
  const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const asked = await api.request('GET', '/apis', { headers: { accept: `${aggregated},application/json` } });
  expect([asked.json.kind, asked.headers.get('content-type')]).toEqual(['APIGroupDiscoveryList', aggregated]);
  expect((await api.request('GET', '/apis')).json.kind).toBe('APIGroupList');
});

test('OpenAPI v2 as kubectl takes it, and v3 by name', async () => {
  const headers = { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' };
  const v2 = await api.fetch(requestOf('GET', '/openapi/v2', { token: api.adminToken, headers }));
  expect([v2.status, v2.headers.get('content-type')]).toEqual([200, 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf']);
  const { paths } = (await api.request('GET', '/openapi/v3')).json as unknown as { paths: Record<string, { serverRelativeURL: string }> };
  expect((await api.request('GET', paths['apis/apps/v1']?.serverRelativeURL ?? '')).json.openapi).toBe('3.0.0');
  expect((await api.request('GET', '/openapi/v3/apis/none/v1')).status).toBe(404);
});

test('the keys that service-account tokens are checked with are public', async () => {
  const configuration = (await api.request('GET', '/.well-known/openid-configuration')).json;
  expect(configuration).toMatchObject({ issuer: 'https://kubernetes.default.svc', jwks_uri: 'https://kubernetes.default.svc/openid/v1/jwks' });
  const keys = await api.request('GET', '/openid/v1/jwks');
  expect(keys.headers.get('content-type')).toBe('application/jwk-set+json');
  expect(JSON.parse(keys.text)).toMatchObject({ keys: [{ kty: 'RSA', use: 'sig' }] });
});

test('people get JSON that can be read', async () => {
  const [line] = (await api.request('GET', '/api/v1/namespaces/default', { headers: { 'user-agent': 'curl/8' } })).text.split('\n');
  expect(line).toBe('{');
  expect((await api.request('GET', '/api/v1/namespaces/default?pretty=true')).text).toContain('\n  "kind": "Namespace",\n');
  expect((await api.request('GET', '/api/v1/namespaces/default')).text).not.toContain('\n  ');
});
