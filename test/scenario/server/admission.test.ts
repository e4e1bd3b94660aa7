import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer({ config: { serviceAccountAdmission: true } });
  await api.request('POST', ACCOUNTS, { body: { metadata: { name: 'default' }, imagePullSecrets: [{ name: 'registry' }] } });
});
afterAll(() => api.close());

const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';
const PODS = '/api/v1/namespaces/default/pods';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const create = async (metadata: object, spec: object) => (await api.request('POST', PODS, { body: { metadata, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } } })).json;

test('a pod runs as an account, whose token it finds in a projected volume', async () => {
  const { spec } = await create({ name: 'plain' }, {});
  const name = (spec as unknown as { volumes: [{ name: string }] }).volumes[0].name;
  expect(name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
  expect(spec).toMatchObject({
    serviceAccountName: 'default',
    serviceAccount: 'default',
    imagePullSecrets: [{ name: 'registry' }],
    containers: [{ volumeMounts: [{ name, readOnly: true, mountPath: TOKEN_PATH }] }],
    volumes: [
      {
        projected: {
          defaultMode: 420,
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
          ],
        },
      },
    ],
  });
});

test('who mounts something there, or wants no token, is left alone', async () => {
  const own = { volumes: [{ name: 'x', emptyDir: {} }], containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'x', mountPath: TOKEN_PATH }] }] };
  expect((await create({ name: 'own' }, own)).spec).toMatchObject({ volumes: [{ name: 'x' }] });
  expect((await create({ name: 'none' }, { automountServiceAccountToken: false })).spec).not.toHaveProperty('volumes');
});

test('an account that is missing is named', async () => {
  expect(await create({ generateName: 'p-' }, { serviceAccountName: 'nope' })).toMatchObject({
    code: 403,
    message: 'pods "p-" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found',
  });
});

test('a priority class becomes a number', async () => {
  expect((await create({ name: 'critical' }, { priorityClassName: 'system-node-critical' })).spec).toMatchObject({ priority: 2_000_001_000, preemptionPolicy: 'PreemptLowerPriority' });
  expect((await create({ name: 'ordinary' }, {})).spec).toMatchObject({ priority: 0 });
  expect((await create({ name: 'x' }, { priorityClassName: 'nope' })).message).toBe('pods "x" is forbidden: no PriorityClass with name nope was found');
  expect((await create({ name: 'x' }, { priorityClassName: 'system-node-critical', priority: 7 })).message).toBe(
    'pods "x" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 2000001000 from the given PriorityClass name',
  );
});

test('a pod stays five minutes on a quiet node, unless it says otherwise', async () => {
  const seconds = (key: string) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
  expect((await create({ name: 'patient' }, {})).spec).toMatchObject({ tolerations: [seconds('not-ready'), seconds('unreachable')] });
  expect((await create({ name: 'stoic' }, { tolerations: [{ operator: 'Exists' }] })).spec).toMatchObject({ tolerations: [{ operator: 'Exists' }] });
});

test('a new node takes no pods until it has been seen ready', async () => {
  const { json } = await api.request('POST', '/api/v1/nodes', { body: { metadata: { name: 'fresh' } } });
  expect(json.spec).toMatchObject({ taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] });
});

test('a node may not mark itself as what it is not', async () => {
  const token = await api.tokenFor('system:node:self', ['system:nodes']);
  const register = async (labels: object) => (await api.request('POST', '/api/v1/nodes', { token, body: { metadata: { name: 'self', labels } } })).json;
  expect((await register({ 'node-restriction.kubernetes.io/team': 'a' })).message).toBe('nodes "self" is forbidden: is not allowed to set the following labels: node-restriction.kubernetes.io/team');
  expect((await register({ 'kubernetes.io/hostname': 'self', 'example.com/rack': '7' })).kind).toBe('Node');
});

test('a RuntimeClass must exist; its overhead, node selector and tolerations become the pod’s', async () => {
  const scheduling = { nodeSelector: { zone: 'a' }, tolerations: [{ key: 'sandboxed', operator: 'Exists' }] };
  await api.request('POST', '/apis/node.k8s.io/v1/runtimeclasses', { body: { metadata: { name: 'sandbox' }, handler: 'runc', overhead: { podFixed: { cpu: '10m' } }, scheduling } });
  const { spec } = await create({ name: 'in-sandbox' }, { runtimeClassName: 'sandbox' });
  expect(spec).toMatchObject({ overhead: { cpu: '10m' }, nodeSelector: { zone: 'a' } });
  expect((spec as unknown as { tolerations: object[] }).tolerations.at(-1)).toEqual(scheduling.tolerations[0]);

  const refused = async (more: object): Promise<unknown> => (await create({ name: 'r' }, more)).message;
  expect(await refused({ runtimeClassName: 'nope' })).toBe('pods "r" is forbidden: pod rejected: RuntimeClass "nope" not found');
  expect(await refused({ overhead: { cpu: '1' } })).toBe('pods "r" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  expect(await refused({ runtimeClassName: 'sandbox', overhead: { cpu: '1' } })).toBe('pods "r" is forbidden: pod rejected: Pod\'s Overhead doesn\'t match RuntimeClass\'s defined Overhead');
  expect(await refused({ runtimeClassName: 'sandbox', nodeSelector: { zone: 'b' } })).toBe('pods "r" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[zone] = a; pod.spec.nodeSelector[zone] = b');
});
