import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { WEB_V1, ensureInspectorImage, ensureWebImages } from '#test/support/images';
import { inspectorContainer, runInspected } from './inspected-pod.ts';
import { type TestNamespace, createNamespace, eventuallyTold } from './namespace.ts';

let namespace: TestNamespace;
beforeAll(async () => {
  await Promise.all([ensureInspectorImage(), ensureWebImages()]);
  namespace = await createNamespace('probes');
});
afterAll(() => namespace.remove());

const endpoints = (name: string) => namespace.kubectl(['get', 'endpointslices', '-l', `kubernetes.io/service-name=${name}`, '-o', 'jsonpath={range .items[*].endpoints[*]}{.conditions.ready} {end}']);

test.each([
  ['an http', { httpGet: { path: '/ready', port: 'web' } }],
  ['an exec', { exec: { command: [process.execPath, '/app.cjs', 'is-ready'] } }],
])('%s readiness probe keeps a pod out of its Service until it succeeds', async (kind, probe) => {
  const name = `ready-${kind.split(' ')[1]}`;
  const container = inspectorContainer('web', { ports: [{ name: 'web', containerPort: 8080 }], readinessProbe: { ...probe, periodSeconds: 1, timeoutSeconds: 5 } });
  const pod = await runInspected(namespace, { name, labels: { app: name }, spec: { containers: [container] } });
  await namespace.kubectl(['expose', 'pod', name, '--port=80', '--target-port=8080']);
  await eventually('an endpoint that is not ready', async () => (await endpoints(name)) === 'false ');
  await eventually('the reason', async () => /Readiness probe failed/.test(await namespace.kubectl(['describe', 'pod', name])));
  expect(await namespace.kubectl(['get', 'pod', name, '--no-headers'])).toMatch(/^\S+\s+0\/1\s+Running\s+0 /);
  await pod.ask('become-ready');
  await eventually('a ready endpoint', async () => (await endpoints(name)) === 'true ');
});

test('a tcp liveness probe of a port where nobody listens restarts the container, and says so', async () => {
  const container = { name: 'web', image: WEB_V1, livenessProbe: { tcpSocket: { port: 9 }, periodSeconds: 1, failureThreshold: 1 } };
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'sick' }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } }) });
  await eventually('back-off after restarts', async () => /^sick\s+0\/1\s+CrashLoopBackOff\s+[1-9]/.test(await namespace.kubectl(['get', 'pod', 'sick', '--no-headers'])));
  await eventuallyTold(namespace, 'pod/sick', [
    /Warning\s+Unhealthy\s.*Liveness probe failed: dial tcp/,
    /Normal\s+Killing\s.*Container web failed liveness probe, will be restarted/,
    /Warning\s+BackOff\s.*Back-off restarting failed container web in pod sick_/,
  ]);
});

test('an http liveness probe restarts the one container that turned sick', async () => {
  const container = inspectorContainer('web', { livenessProbe: { httpGet: { path: '/healthy', port: 8080 }, periodSeconds: 1, failureThreshold: 2 } });
  const pod = await runInspected(namespace, { name: 'turning', spec: { containers: [container] } });
  await pod.ask('become-sick');
  await eventually('one restart, running again', async () => /^turning\s+1\/1\s+Running\s+1 /.test(await namespace.kubectl(['get', 'pod', 'turning', '--no-headers'])));
  expect(await namespace.kubectl(['get', 'pod', 'turning', '-o', 'jsonpath={.status.containerStatuses[0].lastState.terminated.reason}'])).toMatch(/Completed|Error/);
});

test('a container that ends at once goes into CrashLoopBackOff with its exit code kept', async () => {
  const container = { name: 'web', image: WEB_V1, command: [process.execPath, '-e', 'process.exit(3)'] };
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ending' }, spec: { containers: [container] } }) });
  await eventually('back-off', async () => /CrashLoopBackOff/.test(await namespace.kubectl(['get', 'pod', 'ending', '--no-headers'])));
  expect(await namespace.kubectl(['get', 'pod', 'ending', '-o', 'jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}'])).toBe('3');
});
