import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { WEB_V1, ensureInspectorImage, ensureWebImages } from '#test/support/images';
import { type InspectedPod, inspectorContainer, runInspected } from './inspected-pod.ts';
import { type TestNamespace, createNamespace, eventuallyTold } from './namespace.ts';

// Volumes whose files follow what they are made from, data that outlives its pod, and how pods begin and end.
let namespace: TestNamespace;

beforeAll(async () => {
  await Promise.all([ensureInspectorImage(), ensureWebImages()]);
  namespace = await createNamespace('volumes');
});
afterAll(() => namespace.remove());

const apply = (kind: string, name: string, body: object, apiVersion = 'v1') => namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion, kind, metadata: { name }, ...body }) });
const script = (name: string, text: string, more: object = {}) => ({ name, image: WEB_V1, imagePullPolicy: 'Never', command: [process.execPath, '-e', text], ...more });
const field = (pod: string, path: string) => namespace.kubectl(['get', 'pod', pod, '-o', `jsonpath={${path}}`]);

test('files follow a ConfigMap, a Secret, labels and annotations within seconds', async () => {
  await namespace.kubectl(['create', 'configmap', 'settings', '--from-literal=color=blue']);
  await namespace.kubectl(['create', 'secret', 'generic', 'credentials', '--from-literal=password=old']);
  const sources = [
    { configMap: { name: 'settings' } },
    { secret: { name: 'credentials', items: [{ key: 'password', path: 'secret/password', mode: 0o400 }] } },
    { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }, { path: 'memory', resourceFieldRef: { containerName: 'web', resource: 'limits.memory', divisor: '1Mi' } }] } },
    { configMap: { name: 'later', optional: true } },
  ];
  const pod: InspectedPod = await runInspected(namespace, {
    name: 'following',
    labels: { tier: 'one' },
    spec: {
      volumes: [{ name: 'all', projected: { sources } }],
      containers: [inspectorContainer('web', { resources: { limits: { memory: '256Mi' } }, volumeMounts: [{ name: 'all', mountPath: '/all' }] })],
    },
  });
  expect(await pod.ask('file', '/all/color')).toBe('644 blue');
  expect(await pod.ask('file', '/all/secret/password')).toBe('400 old');
  expect(await pod.ask('file', '/all/memory')).toBe('644 256');
  expect(await pod.ask('file', '/all/labels')).toContain('tier="one"');

  await namespace.kubectl(['patch', 'configmap', 'settings', '--type=merge', '-p', '{"data":{"color":"red"}}']);
  await namespace.kubectl(['patch', 'secret', 'credentials', '--type=merge', '-p', '{"stringData":{"password":"new"}}']);
  await namespace.kubectl(['create', 'configmap', 'later', '--from-literal=late=now']);
  await namespace.kubectl(['label', 'pod', 'following', 'tier=two', '--overwrite']);
  const follows = async (file: string, content: string) => eventually(`${file} follows`, async () => (await pod.ask('file', `/all/${file}`)).includes(content), { timeoutMs: 30_000 });
  await follows('color', 'red');
  await follows('secret/password', 'new');
  await follows('late', 'now');
  await follows('labels', 'tier="two"');
});

test('a claim keeps its data from one pod to the next', async () => {
  await apply('PersistentVolumeClaim', 'data', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Mi' } } } });
  const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }], containers: [inspectorContainer('web', { env: [{ name: 'NAME', value: 'first' }], volumeMounts: [{ name: 'data', mountPath: '/data' }] })] };
  const first = await runInspected(namespace, { name: 'writer', spec });
  await first.ask('write', '/data/note');
  await namespace.kubectl(['delete', 'pod', 'writer']);
  const second = await runInspected(namespace, { name: 'reader', spec });
  expect(await second.ask('file', '/data/note')).toBe('644 written by first');
});

test('a pod runs its init container, leaves its last words, and is over', async () => {
  await apply('Pod', 'job', {
    spec: {
      restartPolicy: 'Never',
      volumes: [{ name: 'shared', emptyDir: { medium: 'Memory' } }],
      initContainers: [script('init', 'fs.writeFileSync("/shared/f", "from init")', { volumeMounts: [{ name: 'shared', mountPath: '/shared' }] })],
      containers: [
        script('good', 'fs.writeFileSync("/words", fs.readFileSync("/shared/f"))', { terminationMessagePath: '/words', volumeMounts: [{ name: 'shared', mountPath: '/shared' }] }),
        script('bad', 'console.log("last line"); process.exit(3)', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
      ],
    },
  });
  await namespace.kubectl(['wait', '--for=jsonpath={.status.phase}=Failed', 'pod/job', '--timeout=60s']);
  expect(await field('job', '.status.initContainerStatuses[0].state.terminated.reason')).toBe('Completed');
  expect(await field('job', '.status.containerStatuses[?(@.name=="good")].state.terminated.message')).toBe('from init');
  expect(await field('job', '.status.containerStatuses[?(@.name=="bad")].state.terminated.message')).toBe('last line\n');
  expect(await namespace.kubectl(['get', 'pod', 'job', '--no-headers'])).toMatch(/^job\s+0\/2\s+Completed\s/);
});

test('what cannot be given is told: a volume, a user, time', async () => {
  const mount = { volumeMounts: [{ name: 'v', mountPath: '/v' }] };
  await apply('Pod', 'no-volume', { spec: { volumes: [{ name: 'v', hostPath: { path: '/no/such/folder', type: 'Directory' } }], containers: [script('c', '', mount)] } });
  await apply('Pod', 'no-root', { spec: { containers: [script('c', '', { securityContext: { runAsNonRoot: true } })] } });
  await apply('Pod', 'no-time', { spec: { activeDeadlineSeconds: 2, terminationGracePeriodSeconds: 1, containers: [script('c', 'setInterval(() => 0, 1000)')] } });
  await namespace.kubectl(['wait', '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CreateContainerConfigError', 'pod/no-root', '--timeout=30s']);
  await namespace.kubectl(['wait', '--for=jsonpath={.status.reason}=DeadlineExceeded', 'pod/no-time', '--timeout=30s']);
  expect(await field('no-time', '.status.phase')).toBe('Failed');
  await eventuallyTold(namespace, 'pod/no-volume', [/MountVolume.SetUp failed for volume "v" : hostPath type check failed: \/no\/such\/folder is not a directory/]);
  await eventuallyTold(namespace, 'pod/no-root', [/Error: container has runAsNonRoot and image will run as root/]);
});
