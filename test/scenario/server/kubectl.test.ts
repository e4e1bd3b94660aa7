import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { temporaryFolder } from '#test/support/folder';
import { kubectl, runKubectl, startKubectl } from '#test/support/kubectl';
import { eventually } from '#test/support/eventually';

// The client that people have, against the API alone: nothing runs, but all that is said over the wire is real.
let api: ApiServer;
let server: ServerType;
let kubeconfig: string;
const folder = temporaryFolder('kubectl');

beforeAll(async () => {
  api = await startApiServer();
  const port = await new Promise<number>((resolve) => {
    server = serve({ fetch: (request) => api.fetch(asAdmin(request)), port: 0, hostname: '127.0.0.1' }, (info) => resolve(info.port));
  });
  kubeconfig = join(folder.path, 'kubeconfig');
  const clusters = [{ name: 'test', cluster: { server: `http://127.0.0.1:${port}` } }];
  const contexts = [{ name: 'test', context: { cluster: 'test' } }];
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'test', clusters, contexts }));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await api.close();
  folder.remove();
});

// kubectl sends no token over plain HTTP, and TLS is not what is tested here.
function asAdmin(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set('authorization', `Bearer ${api.adminToken}`);
  return new Request(request, { headers });
}

const run = (line: string, stdin?: string) => kubectl(line.split(' '), { kubeconfig, ...(stdin === undefined ? {} : { stdin }) });

const MANIFEST = `
apiVersion: v1
kind: ConfigMap
metadata: {name: applied}
data: {a: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

test('version, api-resources and explain', async () => {
  expect(await run('version')).toContain('Server Version: v1.36');
  expect(await run('api-resources --api-group=apps -o name')).toContain('deployments.apps');
  expect(await run('explain deployment.spec.replicas')).toContain('FIELD: replicas <integer>');
});

test('apply makes, changes and leaves alone', async () => {
  expect(await run('apply -f -', MANIFEST)).toBe('configmap/applied created\nservice/web created\n');
  expect(await run('apply -f -', MANIFEST)).toBe('configmap/applied unchanged\nservice/web unchanged\n');
  expect(await run('apply -f -', MANIFEST.replace('"1"', '"2"'))).toBe('configmap/applied configured\nservice/web unchanged\n');
  expect(await run('get configmap applied -o jsonpath={.data.a}')).toBe('2');
  const refused = await runKubectl(['apply', '-f', '-'], { kubeconfig, stdin: MANIFEST.replace('\ndata:', '\ndta:') });
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('unknown field "dta"')]);
});

test('apply on the server: conflicts, force, what was applied from the client, diff', async () => {
  const manifest = (value: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data: { a: value } });
  await run('apply -f -', manifest('1'));
  expect(await run('apply --server-side -f -', manifest('2'))).toBe('configmap/shared serverside-applied\n');
  const refused = await runKubectl('apply --server-side --field-manager=other -f -'.split(' '), { kubeconfig, stdin: manifest('3') });
  expect([refused.code, refused.stderr.split('\n')[0]]).toEqual([1, 'error: Apply failed with 1 conflict: conflict with "kubectl": .data.a']);
  const differing = await runKubectl('diff --server-side --force-conflicts --field-manager=other -f -'.split(' '), { kubeconfig, stdin: manifest('3') });
  expect([differing.code, differing.stdout]).toEqual([1, expect.stringContaining('-  a: "2"\n+  a: "3"')]);
  await run('apply --server-side --force-conflicts --field-manager=other -f -', manifest('3'));
  const managers = await run('get configmap shared --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}');
  expect([await run('get configmap shared -o jsonpath={.data.a}'), managers.split(' ').sort()]).toEqual(['3', ['kubectl-last-applied', 'other']]);
});

test('create sends protobuf; scale, set image and rollout history work', async () => {
  expect(await run('create deployment web --image=nginx:1 --replicas=2')).toBe('deployment.apps/web created\n');
  expect(await run('get deployment web')).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/2 +0 +0 +\d+s\n$/);
  expect(await run('scale deployment web --replicas=3')).toBe('deployment.apps/web scaled\n');
  expect(await run('set image deployment/web nginx=nginx:2')).toBe('deployment.apps/web image updated\n');
  expect(await run('get deployment web -o jsonpath={.spec.replicas}/{..image}')).toBe('3/nginx:2');
  expect(await run('expose deployment web --port=80 --name=exposed')).toBe('service/exposed exposed\n');
  expect(await run('label deployment web tier=front')).toBe('deployment.apps/web labeled\n');
  expect(await run('annotate deployment web a=b')).toBe('deployment.apps/web annotated\n');
  expect(await run('describe deployment web')).toContain('Image:         nginx:2');
  expect(await run('delete deployment web')).toContain('deployment.apps "web" deleted');
});

test('other kinds that kubectl makes itself', async () => {
  expect(await run('create namespace team')).toBe('namespace/team created\n');
  expect(await run('create serviceaccount robot -n team')).toBe('serviceaccount/robot created\n');
  expect((await run('create token robot -n team')).split('.')).toHaveLength(3);
  expect(await run('create secret generic s --from-literal=a=b -n team')).toBe('secret/s created\n');
  expect(await run('create configmap c --from-literal=a=b -n team')).toBe('configmap/c created\n');
  expect(await run('create role reader --verb=get --resource=pods -n team')).toContain('role.rbac.authorization.k8s.io/reader created');
  expect(await run('create rolebinding reader --role=reader --serviceaccount=team:robot -n team')).toContain('created');
  expect(await run('auth can-i get pods -n team --as=system:serviceaccount:team:robot')).toBe('yes\n');
  const denied = await runKubectl('auth can-i delete pods -n team --as=system:serviceaccount:team:robot'.split(' '), { kubeconfig });
  expect([denied.code, denied.stdout]).toEqual([1, 'no\n']);
  expect(await run('auth whoami')).toContain('kubernetes-admin');
  expect(await run('run p --image=i -n team')).toBe('pod/p created\n');
  expect(await run('get all -n team')).toContain('pod/p');
  expect(await run('get pods -A -o wide --chunk-size=1')).toContain('team');
  expect(await run('delete pod p -n team --force --grace-period=0')).toContain('pod "p" force deleted');
});

test('edits by patch and replace', async () => {
  await run('create configmap e --from-literal=a=1');
  expect(await run('patch configmap e --type=merge -p {"data":{"a":"2"}}')).toBe('configmap/e patched\n');
  const object = (await run('get configmap e -o json')).replace('"a": "2"', '"a": "3"');
  expect(await run('replace -f -', object)).toBe('configmap/e replaced\n');
  expect(await run('get configmap e -o jsonpath={.data.a}')).toBe('3');
  expect(await run('delete configmap e --wait')).toContain('configmap "e" deleted');
});

test('errors read as from Kubernetes', async () => {
  const missing = await runKubectl(['get', 'pod', 'nope'], { kubeconfig });
  expect([missing.code, missing.stderr]).toEqual([1, 'Error from server (NotFound): pods "nope" not found\n']);
  const forbidden = await runKubectl(['get', 'pods', '--as=bob'], { kubeconfig });
  expect(forbidden.stderr).toBe('Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"\n');
});

test('get -w prints what happens', async () => {
  const child = startKubectl(['get', 'configmaps', '-w', '--no-headers'], { kubeconfig });
  let printed = '';
  child.stdout?.on('data', (data: Buffer) => (printed += data.toString()));
  await eventually('the watch has begun', async () => printed.includes('applied'), { timeoutMs: 20_000 });
  await run('create configmap watched');
  await eventually('the new object is printed', async () => /^watched +0 +\d+s$/m.test(printed), { timeoutMs: 20_000 });
  child.kill();
});
