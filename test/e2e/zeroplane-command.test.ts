import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { eventually } from '#test/support/eventually';
import { WEB_V1, ensureWebImages } from '#test/support/images';
import { kubectl, runKubectl } from '#test/support/kubectl';
import { zeroplane } from '#test/support/zeroplane';
import { type TestNamespace, answerOf, createNamespace } from './namespace.ts';

// The command for people without kubectl, against the same cluster: what it prints is what kubectl prints, and it says why something is stuck.
const FLASK = join(import.meta.dirname, 'manifests', 'flask.yaml');
let namespace: TestNamespace;
const run = (...words: string[]) => zeroplane([...words, '--namespace', namespace.name]);
const output = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(...words);
  if (code !== 0) throw new Error(`zeroplane ${words.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
};

beforeAll(async () => {
  await ensureWebImages();
  namespace = await createNamespace('command');
});
afterAll(() => namespace.remove());

test('apply --wait: each object as it comes, then how far it is, to the end', async () => {
  const printed = await output('apply', '-f', FLASK, '--wait');
  expect(printed).toMatch(/^service\/flask-kubernetes-service created\ndeployment.apps\/flask-kubernetes created\n/);
  expect(printed).toMatch(/deployment "flask-kubernetes" successfully rolled out\n$/);
  expect(await output('apply', '-f', FLASK)).toBe('service/flask-kubernetes-service unchanged\ndeployment.apps/flask-kubernetes unchanged\n');
});

// Ages pass between two questions, and a wider one widens its column.
const ageless = (printed: string) => printed.replace(/\b(\d+[smh])+\b/g, 'AGE').replace(/ +/g, ' ');

test.each([
  ['get', 'pods'],
  ['get', 'pods', '-o', 'wide', '--show-labels'],
  ['get', 'deploy,svc,rs', '--no-headers'],
  ['get', 'all', '-l', 'app=flask-kubernetes'],
  ['get', 'deployment/flask-kubernetes', 'svc/flask-kubernetes-service'],
  ['get', 'deploy', '-o', 'json'],
  ['get', 'deploy', 'flask-kubernetes', '-o', 'json'],
  ['get', 'svc', '-o', 'name'],
  ['get', 'pods', '--field-selector', 'status.phase=Failed'],
  ['get', 'pod', 'nobody'],
  ['get', 'nothing-of-this-kind'],
])('%s %s ...: what it prints, where, and its exit code are kubectl’s', async (...words) => {
  await eventually('the same at the same moment', async () => {
    const [ours, theirs] = await Promise.all([run(...words), runKubectl(words, { namespace: namespace.name })]);
    const [mine, its] = [ours, theirs].map(({ code, stdout, stderr }) => ({ code, stdout: ageless(stdout), stderr }));
    return JSON.stringify(mine) === JSON.stringify(its) || Promise.reject(new Error(`${JSON.stringify(mine)} is not ${JSON.stringify(its)}`));
  }, { timeoutMs: 10_000 });
});

test('as YAML it says the same as kubectl', async () => {
  const words = ['get', 'service', 'flask-kubernetes-service', '-o', 'yaml'];
  expect(parse(await output(...words))).toEqual(parse(await namespace.kubectl(words)));
});

test('describe and events tell the story', async () => {
  await eventually('the story', async () => {
    const [described, events] = await Promise.all([output('describe', 'deploy/flask-kubernetes'), output('events', '--for', 'deployment/flask-kubernetes')]);
    return /4 desired \| 4 updated \| 4 total \| 4 available/.test(described) && /Normal\s+ScalingReplicaSet/.test(described) && /Normal\s+ScalingReplicaSet\s+Deployment\/flask-kubernetes\s+Scaled up/.test(events);
  });
  const [pod = ''] = (await output('get', 'pods', '-o', 'name')).split('\n');
  expect(await output('describe', pod)).toMatch(/Image:\s+flask-kubernetes:latest\n[^]*State:\s+Running since/);
});

test('service --url is an address that answers', async () => {
  const url = (await output('service', 'flask-kubernetes-service', '--url')).trim();
  expect(url).toMatch(/^http:\/\/[\d.]+:6000$/);
  expect(await eventually('an answer', () => answerOf(url.slice('http://'.length)))).toBe('Hello from Kubernetes!');
});

test('scale, restart, history and undo', async () => {
  expect(await output('scale', 'deploy/flask-kubernetes', '--replicas', '1', '--wait')).toMatch(/^deployment.apps\/flask-kubernetes scaled\n[^]*successfully rolled out\n$/);
  expect(await output('rollout', 'restart', 'deploy/flask-kubernetes')).toBe('deployment.apps/flask-kubernetes restarted\n');
  expect(await output('rollout', 'status', 'deploy/flask-kubernetes', '--timeout', '60s')).toMatch(/successfully rolled out\n$/);
  expect(await output('rollout', 'undo', 'deploy/flask-kubernetes')).toBe('deployment.apps/flask-kubernetes rolled back\n');
  expect(await output('rollout', 'history', 'deploy/flask-kubernetes')).toMatch(/^2\s+<none>\n3\s+<none>$/m);
});

test('expose gives a pod that run has made a Service', async () => {
  expect(await output('run', 'single', '--image', WEB_V1, '--port', '8080', '--env', 'MESSAGE=from run', '--wait')).toMatch(/^pod\/single created\n[^]*pod single is ready\n$/);
  expect(await output('expose', 'pod', 'single', '--type', 'NodePort')).toBe('service/single exposed\n');
  expect(await namespace.kubectl(['get', 'service', 'single', '-o', 'jsonpath={.spec.type} {.spec.selector.run} {.spec.ports[0].port}'])).toBe('NodePort single 8080');
});

test('what is stuck says why, and ends with 1', async () => {
  const { code, stderr } = await run('run', 'stuck', '--image', 'registry.invalid/none:v1', '--wait', '--timeout', '3s');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: timed out waiting for the condition\n[^]*pod stuck: (ErrImagePull|ImagePullBackOff): .*registry\.invalid/);
});

test('a slip of the finger is told the nearest word', async () => {
  expect(await run('get', 'deploymets')).toMatchObject({ code: 1, stderr: `error: the server doesn't have a resource type "deploymets"\n\nDid you mean deployments?\n` });
  expect((await run('gte', 'pods')).stderr).toContain('Did you mean get?');
  expect(await run('get', 'pods', '--selecter', 'a=b')).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean --selector?') as string });
});

test('delete -f waits until it is gone', async () => {
  expect(await output('delete', '-f', FLASK)).toBe(`service "flask-kubernetes-service" deleted from ${namespace.name} namespace\ndeployment.apps "flask-kubernetes" deleted from ${namespace.name} namespace\n`);
  expect(await output('delete', 'pod', 'single', 'stuck', '--now')).toBe(`pod "single" deleted from ${namespace.name} namespace\npod "stuck" deleted from ${namespace.name} namespace\n`);
  expect((await runKubectl(['get', 'deployment,pods', '-l', 'run', '--no-headers'], { namespace: namespace.name })).stdout).toBe('');
  expect(await kubectl(['get', 'namespace', namespace.name, '-o', 'name'])).toBe(`namespace/${namespace.name}\n`);
});
