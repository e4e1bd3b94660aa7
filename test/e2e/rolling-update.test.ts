import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { WEB_V1, WEB_V2, ensureInspectorImage, ensureWebImages } from '#test/support/images';
import { LOAD_SCRIPT, type LoadSeen } from '#test/support/load-script';
import { inspectorContainer, runInspected } from './inspected-pod.ts';
import { type TestNamespace, createNamespace } from './namespace.ts';

// Clients that never stop asking, each request on a new connection: from a pod by the cluster IP, from the node by the load balancer's address and
// the node port. Whatever ends pods meanwhile, every request is answered. The web server ends at once when told to, without a care.
const CLIENTS = 8;

let namespace: TestNamespace;
let host: ChildProcess;
let reports: (() => Promise<LoadSeen>)[];

beforeAll(async () => {
  await Promise.all([ensureInspectorImage(), ensureWebImages()]);
  namespace = await createNamespace('rolling');
  const container = { name: 'web', image: WEB_V1, readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 } };
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template } };
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(deployment) });
  await namespace.kubectl(['expose', 'deployment', 'web', '--port=80', '--target-port=8080', '--type=LoadBalancer']);
  await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=100s']);
  const field = (path: string) => eventually(path, () => namespace.kubectl(['get', 'service', 'web', '-o', `jsonpath={${path}}`]));
  const [clusterIp, external, nodePort] = await Promise.all([field('.spec.clusterIP'), field('.status.loadBalancer.ingress[0].ip'), field('.spec.ports[0].nodePort')]);
  reports = await Promise.all([askFromPod(`${clusterIp}:80`), askFromHost(`${external}:80`, `127.0.0.1:${nodePort}`)]);
  await answered('version 1');
});
afterAll(async () => {
  host.kill();
  await namespace.remove();
});

test('a rolling update, with requests all the time', async () => {
  await namespace.kubectl(['set', 'image', 'deployment/web', `web=${WEB_V2}`]);
  await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=100s']);
  await answered('version 2');
});

test('a pod deleted, and fewer replicas', async () => {
  const [pod = ''] = (await namespace.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'name'])).split('\n');
  await namespace.kubectl(['delete', pod]);
  await namespace.kubectl(['rollout', 'status', 'deployment/web', '--timeout=100s']);
  await namespace.kubectl(['scale', 'deployment/web', '--replicas=1']);
  await eventually('one pod', async () => (await namespace.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'name'])).trim().split('\n').length === 1);
});

test('every request was answered', async () => {
  for (const { answers, failures } of await Promise.all(reports.map((report) => report()))) {
    expect(failures).toEqual([]);
    expect(Object.keys(answers).sort()).toEqual(['200 version 1', '200 version 2']);
    expect(Math.min(...Object.values(answers))).toBeGreaterThan(CLIENTS);
  }
});

async function answered(version: string): Promise<void> {
  for (const report of reports) await eventually(`${version} answers`, async () => ((await report()).answers[`200 ${version}`] ?? 0) > 5 * CLIENTS);
}

async function askFromPod(address: string): Promise<() => Promise<LoadSeen>> {
  const load = inspectorContainer('load', { command: [process.execPath, '-e', LOAD_SCRIPT, String(CLIENTS), address] });
  const pod = await runInspected(namespace, { name: 'load', spec: { containers: [load] } });
  return async () => JSON.parse(await pod.ask('')) as LoadSeen;
}

async function askFromHost(...addresses: string[]): Promise<() => Promise<LoadSeen>> {
  host = spawn('env', ['PORT=0', process.execPath, '-e', LOAD_SCRIPT, String(CLIENTS), ...addresses], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(host.stdout!, 'data')) as [Buffer];
  const port = line.toString().replace('port', '').trim();
  return async () => (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as LoadSeen;
}
