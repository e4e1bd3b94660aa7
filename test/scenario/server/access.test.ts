import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, requestOf, type ApiServer } from '#test/support/api-server';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api.close());

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const POD = { spec: { containers: [{ name: 'c', image: 'i' }] } };

test.each(['/api/v1/pods', '/healthz', '/version', '/foo', '/openapi/v2', '/zeroplane/v1/nodes/n/wake'])('nothing answers without credentials: %s', async (path) => {
  for (const token of [undefined, 'x', 'zp1.abc.12345678', 'a.b.c']) {
    const response = await api.fetch(requestOf('GET', path, token === undefined ? {} : { token }));
    expect(await response.json()).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 });
  }
});

test('a token with a wrong checksum costs no read', async () => {
  const { table } = api.deps;
  const readClaim = table.readClaim;
  let reads = 0;
  table.readClaim = (...args) => (reads++, readClaim(...args));
  await api.request('GET', '/version', { token: `${api.adminToken.slice(0, -1)}${api.adminToken.endsWith('0') ? '1' : '0'}` });
  table.readClaim = readClaim;
  expect(reads).toBe(0);
});

test.each([
  ['GET', '/api/v1/pods', 'pods is forbidden: User "bob" cannot list resource "pods" in API group "" at the cluster scope'],
  ['GET', '/api/v1/namespaces/default/pods', 'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"'],
  ['GET', '/api/v1/namespaces/default/pods/x/log', 'pods "x" is forbidden: User "bob" cannot get resource "pods/log" in API group "" in the namespace "default"'],
  ['GET', '/apis/apps/v1/namespaces/default/deployments/x', 'deployments.apps "x" is forbidden: User "bob" cannot get resource "deployments" in API group "apps" in the namespace "default"'],
  ['GET', '/foo/bar', 'forbidden: User "bob" cannot get path "/foo/bar"'],
  ['DELETE', '/api/v1/namespaces/default', 'namespaces "default" is forbidden: User "bob" cannot delete resource "namespaces" in API group "" in the namespace "default"'],
])('who has no role is told so: %s %s', async (method, path, message) => {
  expect((await api.request(method, path, { token: await api.tokenFor('bob') })).json).toMatchObject({ code: 403, reason: 'Forbidden', message });
});

test('everybody with a token sees the version, and may ask who they are', async () => {
  const token = await api.tokenFor('bob', ['team']);
  expect((await api.request('GET', '/version', { token })).status).toBe(200);
  const review = await api.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { token, body: {} });
  expect(review.json.status.userInfo).toEqual({ username: 'bob', groups: ['team', 'system:authenticated'] });
});

test('a role counts from the request after its binding, and only in its namespace', async () => {
  const token = await api.tokenFor('carol', ['readers']);
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'readers' }];
  await api.request('POST', `${RBAC}/namespaces/default/rolebindings`, { body: { metadata: { name: 'readers' }, roleRef, subjects } });
  expect((await api.request('GET', '/api/v1/namespaces/default/pods', { token })).status).toBe(200);
  expect((await api.request('GET', '/api/v1/namespaces/kube-system/pods', { token })).status).toBe(403);
  expect((await api.request('GET', '/api/v1/namespaces/default/secrets', { token })).status).toBe(403);
  expect((await api.request('DELETE', '/api/v1/namespaces/default/pods/x', { token })).status).toBe(403);
  await api.request('DELETE', `${RBAC}/namespaces/default/rolebindings/readers`);
  expect((await api.request('GET', '/api/v1/namespaces/default/pods', { token })).status).toBe(403);
});

test('nobody grants what they do not hold', async () => {
  const token = await api.tokenFor('dave');
  const bindTo = (name: string, role: string) => ({ metadata: { name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'dave' }] });
  await api.request('POST', `${RBAC}/namespaces/default/rolebindings`, { body: bindTo('dave-admin', 'admin') });
  const granted = await api.request('POST', `${RBAC}/namespaces/default/rolebindings`, { token, body: bindTo('dave-view', 'view') });
  expect(granted.status).toBe(201);
  const refused = await api.request('POST', `${RBAC}/namespaces/default/rolebindings`, { token, body: bindTo('dave-all', 'cluster-admin') });
  expect(refused.json.code).toBe(403);
  expect(refused.json.message).toContain('user "dave" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n');
});

test('an administrator may act as somebody else, others may not', async () => {
  const headers = { 'impersonate-user': 'erin', 'impersonate-group': 'g' };
  const review = (options: object) => api.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {}, headers, ...options });
  expect((await review({})).json.status.userInfo).toEqual({ username: 'erin', groups: ['g', 'system:authenticated'] });
  expect((await review({ token: await api.tokenFor('bob') })).json.message).toBe('users "erin" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope');
});

test('access reviews answer what a request would', async () => {
  const ask = async (spec: object) => (await api.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { body: { spec } })).json;
  const resourceAttributes = { verb: 'get', resource: 'pods', namespace: 'default' };
  expect((await ask({ user: 'u', resourceAttributes })).status).toEqual({ allowed: false });
  expect((await ask({ user: 'u', groups: ['system:masters'], resourceAttributes })).status).toMatchObject({ allowed: true });
  expect((await ask({ resourceAttributes })).message).toBe('.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified');
});

test('a node sees its own pods, what they refer to, and itself', async () => {
  const token = await api.tokenFor('system:node:n1', ['system:nodes']);
  const as = (method: string, path: string, body?: unknown) => api.request(method, path, { token, body });
  await api.request('POST', '/api/v1/namespaces/default/secrets', { body: { metadata: { name: 'mine' } } });
  await api.request('POST', '/api/v1/namespaces/default/secrets', { body: { metadata: { name: 'other' } } });
  const spec = { ...POD.spec, volumes: [{ name: 'v', secret: { secretName: 'mine' } }] };
  for (const [name, nodeName] of [['p1', 'n1'], ['p2', 'n2']]) await api.request('POST', '/api/v1/namespaces/default/pods', { body: { metadata: { name }, spec: { ...spec, nodeName } } });

  expect((await as('POST', '/api/v1/nodes', { metadata: { name: 'n1' } })).status).toBe(201);
  expect((await as('POST', '/api/v1/nodes', { metadata: { name: 'n2' } })).json.message).toBe('nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"');
  expect((await as('GET', '/api/v1/nodes/n1')).status).toBe(200);
  expect((await as('GET', '/api/v1/nodes/n2')).status).toBe(403);
  expect((await as('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1')).json.items).toHaveLength(1);
  expect((await as('GET', '/api/v1/pods')).status).toBe(403);
  expect((await as('GET', '/api/v1/namespaces/default/pods/p2')).status).toBe(403);
  expect((await as('GET', '/api/v1/namespaces/default/secrets/mine')).status).toBe(200);
  expect((await as('GET', '/api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Dmine')).status).toBe(200);
  expect((await as('GET', '/api/v1/namespaces/default/secrets/other')).status).toBe(403);
  expect((await as('GET', '/api/v1/namespaces/default/secrets')).status).toBe(403);
  expect((await as('GET', '/api/v1/services')).status).toBe(200);
  expect((await as('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'x' }, ...POD })).status).toBe(403);
  expect((await as('PUT', '/api/v1/namespaces/default/pods/p2/status', { metadata: { name: 'p2' } })).status).toBe(403);
  expect((await as('PUT', '/apis/rbac.authorization.k8s.io/v1/clusterroles/view', {})).status).toBe(403);
});

test('a node that speaks of a pod that is gone is told so, and may not touch one of another node', async () => {
  const token = await api.tokenFor('system:node:n3', ['system:nodes']);
  const pods = '/api/v1/namespaces/default/pods';
  await api.request('POST', pods, { body: { metadata: { name: 'far' }, spec: { ...POD.spec, nodeName: 'n4' } } });
  const late = (method: string, path: string, body?: object) => api.request(method, `${pods}/${path}`, { token, body, headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' } });
  const outcomes = async (name: string) => [
    (await late('PATCH', `${name}/status`, { status: { phase: 'Failed' } })).status,
    (await late('DELETE', name, { gracePeriodSeconds: 0 })).status,
    (await late('GET', name)).status,
  ];
  expect(await outcomes('gone')).toEqual([404, 404, 403]);
  expect(await outcomes('far')).toEqual([403, 403, 403]);
});

test('a node reaches its own endpoints and no other’s', async () => {
  const token = await api.tokenFor('system:node:n1', ['system:nodes']);
  expect((await api.request('GET', '/zeroplane/v1/nodes/n1/channel', { token })).json).toEqual({ kind: 'long-poll' });
  expect((await api.request('PUT', '/zeroplane/v1/nodes/n1/heartbeat', { token, body: {} })).status).toBe(200);
  expect((await api.request('PUT', '/zeroplane/v1/nodes/n2/heartbeat', { token, body: {} })).status).toBe(403);
  await api.nodeChannel.wake(api.deps.store.cluster, 'n1');
  expect((await api.request('GET', '/zeroplane/v1/nodes/n1/wake?timeoutSeconds=0', { token })).json).toEqual({ woken: true });
  expect((await api.request('GET', '/zeroplane/v1/nodes/n1/wake?timeoutSeconds=0', { token })).json).toEqual({ woken: false });
});

test('a service-account token lives as long as its account', async () => {
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  await api.request('POST', accounts, { body: { metadata: { name: 'robot' } } });
  const issued = (await api.request('POST', `${accounts}/robot/token`, { body: {} })).json;
  expect(issued).toMatchObject({ kind: 'TokenRequest', spec: { audiences: ['https://kubernetes.default.svc'], expirationSeconds: 3600 } });
  const token = issued.status.token;
  const me = (await api.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { token, body: {} })).json.status.userInfo;
  expect(me.username).toBe('system:serviceaccount:default:robot');
  expect(me.groups).toEqual(['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated']);

  const review = await api.request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec: { token } } });
  expect(review.json.status).toMatchObject({ authenticated: true, audiences: ['https://kubernetes.default.svc'] });
  expect((await api.request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec: { token: 'foo' } } })).json.status).toEqual({ user: {}, error: 'invalid bearer token' });
  const short = await api.request('POST', `${accounts}/robot/token`, { body: { spec: { expirationSeconds: 10 } } });
  expect(short.json.message).toBe('TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes');
  const elsewhere = (await api.request('POST', `${accounts}/robot/token`, { body: { spec: { audiences: ['vault'] } } })).json.status.token;
  expect((await api.request('GET', '/version', { token: elsewhere })).status).toBe(401);

  await api.request('DELETE', `${accounts}/robot`);
  expect((await api.request('GET', '/version', { token })).status).toBe(401);
  await api.request('POST', accounts, { body: { metadata: { name: 'robot' } } });
  expect((await api.request('GET', '/version', { token })).status).toBe(401);
});

test('a node’s heartbeat is shown as its Lease', async () => {
  const token = await api.tokenFor('system:node:n7', ['system:nodes']);
  const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  expect((await api.request('GET', `${lease}/n7`)).status).toBe(404);
  await api.request('PUT', '/zeroplane/v1/nodes/n7/heartbeat', { token, body: {} });
  expect((await api.request('GET', `${lease}/n7`)).json).toMatchObject({ kind: 'Lease', metadata: { name: 'n7' }, spec: { holderIdentity: 'n7', leaseDurationSeconds: 40 } });
  expect((await api.request('GET', lease)).json.items.map(({ metadata }) => metadata.name)).toContain('n7');
});
