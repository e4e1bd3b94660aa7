import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKubectl } from '#test/support/kubectl';
import { type TestNamespace, createNamespace } from './namespace.ts';

// Who may do what, word for word as kubectl prints it of the real API server.
let namespace: TestNamespace;
let token: string;

beforeAll(async () => {
  namespace = await createNamespace('access');
  await namespace.kubectl(['create', 'serviceaccount', 'reader']);
  await namespace.kubectl(['create', 'role', 'reads-pods', '--verb=get,list', '--resource=pods']);
  await namespace.kubectl(['create', 'rolebinding', 'reader-reads-pods', '--role=reads-pods', `--serviceaccount=${namespace.name}:reader`]);
  await namespace.kubectl(['create', 'secret', 'generic', 'private', '--from-literal=a=b']);
  token = (await namespace.kubectl(['create', 'token', 'reader'])).trim();
});
afterAll(() => namespace.remove());

const asReader = (args: string[]) => runKubectl([`--token=${token}`, ...args], { namespace: namespace.name });

test('a token that nobody gave out is refused', async () => {
  const refused = await runKubectl(['--token=made-up', 'get', 'pods'], { namespace: namespace.name });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('error: You must be logged in to the server (Unauthorized)');
});

test('a service account may what its Role says', async () => {
  expect(await asReader(['get', 'pods'])).toEqual({ code: 0, stdout: '', stderr: `No resources found in ${namespace.name} namespace.\n` });
  expect((await asReader(['auth', 'can-i', 'list', 'pods'])).stdout).toBe('yes\n');
});

test('and nothing else, in the words of Kubernetes', async () => {
  const user = `User "system:serviceaccount:${namespace.name}:reader"`;
  const secrets = await asReader(['get', 'secrets']);
  expect(secrets.stderr).toBe(`Error from server (Forbidden): secrets is forbidden: ${user} cannot list resource "secrets" in API group "" in the namespace "${namespace.name}"\n`);
  const secret = await asReader(['get', 'secret', 'private']);
  expect(secret.stderr).toBe(`Error from server (Forbidden): secrets "private" is forbidden: ${user} cannot get resource "secrets" in API group "" in the namespace "${namespace.name}"\n`);
  const everywhere = await runKubectl([`--token=${token}`, 'get', 'pods', '--all-namespaces']);
  expect(everywhere.stderr).toBe(`Error from server (Forbidden): pods is forbidden: ${user} cannot list resource "pods" in API group "" at the cluster scope\n`);
  const made = await asReader(['create', 'configmap', 'mine']);
  expect(made.stderr).toContain(`configmaps is forbidden: ${user} cannot create resource "configmaps" in API group "" in the namespace "${namespace.name}"`);
  expect((await asReader(['auth', 'can-i', 'delete', 'pods'])).stdout).toBe('no\n');
});

test('nobody gives away more than they have', async () => {
  await namespace.kubectl(['create', 'role', 'makes-roles', '--verb=create', '--resource=roles.rbac.authorization.k8s.io']);
  await namespace.kubectl(['create', 'rolebinding', 'reader-makes-roles', '--role=makes-roles', `--serviceaccount=${namespace.name}:reader`]);
  const refused = await asReader(['create', 'role', 'reads-secrets', '--verb=get', '--resource=secrets']);
  expect(refused.stderr).toContain('attempting to grant RBAC permissions not currently held');
});

test('what a Role said is over with its binding', async () => {
  await namespace.kubectl(['delete', 'rolebinding', 'reader-reads-pods']);
  expect((await asReader(['get', 'pods'])).stderr).toContain('cannot list resource "pods"');
});

test('a service account that is deleted takes its tokens with it', async () => {
  await namespace.kubectl(['delete', 'serviceaccount', 'reader']);
  expect((await asReader(['get', 'pods'])).stderr).toContain('(Unauthorized)');
});
