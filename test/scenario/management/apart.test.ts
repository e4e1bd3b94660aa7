import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemDigest } from '#adapters/system/digest';
import { tokenOf } from '#api/token-form';
import { startInstallation, type TestInstallation } from '../../support/installation.ts';

// Two clusters in one installation, and somebody who has all that one of them gives: its administrator's token, a node's, a service account's.
let installation: TestInstallation;
const victim = { uid: '', admin: '', node: '', account: '', join: '' };
const attacker = { uid: '', admin: '', node: '', account: '', join: '' };
const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'crown', namespace: 'default' }, stringData: { jewels: 'of-the-victim' } };

const ask: TestInstallation['ask'] = (...words) => installation.ask(...words);
const field = (json: unknown, name: string): string => (json as Record<string, string>)[name] ?? '';

async function populate(name: string, who: typeof victim): Promise<void> {
  who.uid = field((await ask('POST', '/v1/clusters', { body: { name, owner: name } })).json, 'uid');
  who.admin = field((await ask('POST', `/v1/clusters/${name}/tokens`)).json, 'token');
  who.join = field((await ask('POST', `/v1/clusters/${name}/join-tokens`, { body: { uses: 5 } })).json, 'token');
  who.node = field((await ask('POST', '/v1/join', { token: who.join, body: { node: 'worker' } })).json, 'token');
  const api = `/clusters/${name}/api/v1/namespaces/default`;
  await ask('POST', `${api}/serviceaccounts`, { token: who.admin, body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } } });
  const issued = await ask('POST', `${api}/serviceaccounts/robot/token`, { token: who.admin, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} } });
  who.account = (issued.json as { status: { token: string } }).status.token;
  const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'robot' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'robot' }] };
  await ask('POST', `/clusters/${name}/apis/rbac.authorization.k8s.io/v1/clusterrolebindings`, { token: who.admin, body: binding });
}

beforeAll(async () => {
  installation = await startInstallation();
  await populate('victim', victim);
  await populate('attacker', attacker);
  expect((await ask('POST', '/clusters/victim/api/v1/namespaces/default/secrets', { token: victim.admin, body: SECRET })).status).toBe(201);
});
afterAll(() => installation.close());

const HOLDERS = ['admin', 'node', 'account'] as const;

test.each(HOLDERS)('what an attacker’s %s may do at home', async (holder) => {
  const path = holder === 'node' ? '/clusters/attacker/zeroplane/v1/nodes/worker/settings' : '/clusters/attacker/api/v1/secrets';
  expect((await ask('GET', path, { token: attacker[holder] })).status).toBe(200);
});

test.each(HOLDERS)('an attacker’s %s is nobody elsewhere: not by any path, verb or selector', async (holder) => {
  const token = attacker[holder];
  const before = await installation.table.claims(victim.uid, '');
  const tried: [string, string, unknown?][] = [
    ...['victim', 'default', 'none'].flatMap((name): [string, string, unknown?][] => [
      ['GET', `/clusters/${name}/api/v1/secrets`],
      ['GET', `/clusters/${name}/api/v1/namespaces/default/secrets/crown`],
      ['GET', `/clusters/${name}/api/v1/secrets?watch=true&timeoutSeconds=1`],
      ['GET', `/clusters/${name}/api/v1/watch/secrets`],
      ['GET', `/clusters/${name}/api/v1/pods?fieldSelector=spec.nodeName%3Dworker`],
      ['POST', `/clusters/${name}/api/v1/namespaces/default/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }],
      ['PUT', `/clusters/${name}/api/v1/namespaces/default/secrets/crown`, SECRET],
      ['DELETE', `/clusters/${name}/api/v1/namespaces/default/secrets/crown`],
      ['GET', `/clusters/${name}/api/v1/namespaces/default/pods/x/log`],
      ['GET', `/clusters/${name}/api/v1/namespaces/default/services/x/proxy/`],
      ['POST', `/clusters/${name}/apis/authentication.k8s.io/v1/tokenreviews`, { spec: { token } }],
      ['PUT', `/clusters/${name}/zeroplane/v1/nodes/worker/heartbeat`],
      ['GET', `/clusters/${name}/zeroplane/v1/nodes/worker/settings`],
      ['GET', `/clusters/${name}/zeroplane/v1/nodes/worker/relays`],
      ['POST', `/clusters/${name}/zeroplane/v1/nodes/worker/token`],
      ['GET', `/clusters/${name}`],
    ]),
    ['GET', '/api/v1/secrets'],
    ['GET', '/clusters/attacker/../victim/api/v1/secrets'],
    ['GET', '/clusters/attacker/%2e%2e/victim/api/v1/secrets'],
    ['GET', '//clusters/victim/api/v1/secrets'],
    ['GET', '/clusters//victim/api/v1/secrets'],
    ['GET', '/v1/../clusters/victim/api/v1/secrets'],
    ['GET', '/v1/clusters'],
    ['GET', '/v1/openapi.json'],
    ['GET', '/v1/clusters/victim/kubeconfig'],
    ['POST', '/v1/clusters', { name: 'mine' }],
    ['DELETE', '/v1/clusters/attacker'],
    ['POST', '/v1/clusters/victim/tokens', {}],
    ['POST', '/v1/join', { node: 'other' }],
  ];
  for (const [method, path, body] of tried) {
    const answer = await ask(method, path, { token, ...(body === undefined ? {} : { body }) });
    expect(answer.status, `${method} ${path}`).toBe(401);
    expect(answer.text).not.toContain('crown');
  }
  expect(await installation.table.claims(victim.uid, '')).toEqual(before);
});

test.each(HOLDERS)('at home an attacker’s %s does not reach over by what stands in a path', async (holder) => {
  for (const path of ['..%2Fvictim/api/v1/secrets', '%2e%2e%2fvictim/api/v1/secrets', 'attacker%2F..%2Fvictim/api/v1/secrets', `attacker/api/v1/namespaces/..%2F..%2F..%2Fvictim/secrets/crown`, `attacker/clusters/victim/api/v1/secrets`, `${victim.uid}/api/v1/secrets`]) {
    const { status, text } = await ask('GET', `/clusters/${path}`, { token: attacker[holder] });
    expect([401, 403, 404], path).toContain(status);
    expect(text).not.toContain('jewels');
  }
});

test('a review at the attacker’s knows none of the victim’s tokens', async () => {
  for (const token of [victim.admin, victim.node, victim.account]) {
    const { json } = await ask('POST', '/clusters/attacker/apis/authentication.k8s.io/v1/tokenreviews', { token: attacker.admin, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } } });
    expect((json as { status: { authenticated?: boolean } }).status.authenticated).not.toBe(true);
  }
});

test('to be somebody else at home is to be nobody there', async () => {
  const headers = { 'impersonate-user': 'kubernetes-admin', 'impersonate-group': 'system:masters' };
  expect((await ask('GET', '/clusters/victim/api/v1/secrets', { token: attacker.admin, headers })).status).toBe(401);
});

test('a join token makes nodes of its own cluster alone, also when the other’s name stands in it', async () => {
  const joined = await ask('POST', '/v1/join', { token: attacker.join, body: { node: 'second' } });
  expect(joined.json).toMatchObject({ cluster: { name: 'attacker', uid: attacker.uid } });
  const [prefix, secret = ''] = attacker.join.split('.');
  const forged = tokenOf(systemDigest, prefix ?? '', victim.uid.replaceAll('-', '') + secret.slice(32));
  expect((await ask('POST', '/v1/join', { token: forged, body: { node: 'third' } })).status).toBe(401);
  expect((await ask('POST', '/v1/join', { token: attacker.admin, body: { node: 'third' } })).status).toBe(401);
  expect((await ask('GET', '/clusters/attacker/api/v1/nodes', { token: attacker.join })).status).toBe(401);
});

test('the installation’s administrator is told which clusters there are; nobody else', async () => {
  expect((await ask('GET', '/clusters/none/api')).status).toBe(404);
  expect((await ask('GET', '/clusters/victim/api')).status).toBe(401); // its own token is no cluster's
  expect((await ask('GET', '/clusters/none/api', { token: attacker.admin })).status).toBe(401);
});

test('what one cluster is left with when the other is removed', async () => {
  await ask('DELETE', '/v1/clusters/attacker');
  expect((await ask('GET', '/clusters/victim/api/v1/namespaces/default/secrets/crown', { token: victim.admin })).status).toBe(200);
  for (const holder of HOLDERS) expect((await ask('GET', '/clusters/attacker/api/v1/secrets', { token: attacker[holder] })).status, holder).toBe(401);
  expect((await ask('POST', '/v1/join', { token: attacker.join, body: { node: 'late' } })).status).toBe(401);
  expect(installation.failures).toEqual([]);
});
