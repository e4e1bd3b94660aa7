import { expect, test } from 'vitest';
import { Timeout } from '#cli/cluster/timeout';
import { parseForward } from '#cli/commands/pods/port-forward';
import { podFor } from '#cli/commands/pods/run';
import { serviceFor } from '#cli/commands/workloads/expose';

// What commands make of their words.
const deployment = { kind: 'Deployment', metadata: { name: 'web', labels: { app: 'web' } }, spec: { selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [{ name: 'a', ports: [{ containerPort: 8080 }] }, { name: 'b', ports: [{ containerPort: 53, protocol: 'UDP' }] }] } } } };

test('expose takes the ports that the containers declare, or the one that is said', () => {
  expect(serviceFor(deployment, { namespace: 'n' })).toMatchObject({ metadata: { name: 'web', namespace: 'n' }, spec: { selector: { app: 'web' }, ports: [{ port: 8080, name: 'port-1' }, { port: 53, protocol: 'UDP', name: 'port-2' }] } });
  expect(serviceFor(deployment, { namespace: 'n', name: 'front', port: 80, targetPort: 'http', type: 'NodePort' })).toMatchObject({ metadata: { name: 'front' }, spec: { type: 'NodePort', ports: [{ port: 80, targetPort: 'http' }] } });
  expect(serviceFor({ kind: 'Pod', metadata: { name: 'p', labels: { run: 'p' } }, spec: { containers: [] } }, { namespace: 'n', port: 1 }).spec?.selector).toEqual({ run: 'p' });
});

test('expose refuses what it cannot find pods or ports of', () => {
  expect(() => serviceFor({ kind: 'Pod', metadata: { name: 'p', labels: { run: 'p' } }, spec: { containers: [] } }, { namespace: 'n' })).toThrow("couldn't find port via --port flag or introspection");
  expect(() => serviceFor({ kind: 'Pod', metadata: { name: 'p' }, spec: {} }, { namespace: 'n', port: 1 })).toThrow('has no labels');
  expect(() => serviceFor({ ...deployment, spec: { selector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } } }, { namespace: 'n', port: 1 })).toThrow('cannot be a Service');
});

test('run makes one container; words behind -- are arguments, or with --command the command', () => {
  const pod = podFor({ name: 'p', namespace: 'n', args: ['a', 'b'] }, { image: 'i', port: 80, env: [['A', '1=2']], command: false });
  expect(pod).toMatchObject({ metadata: { labels: { run: 'p' } }, spec: { containers: [{ name: 'p', image: 'i', args: ['a', 'b'], ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1=2' }] }] } });
  expect(podFor({ name: 'p', namespace: 'n', args: ['a'] }, { image: 'i', command: true, labels: [['x', 'y']], restart: 'Never' })).toMatchObject({ metadata: { labels: { x: 'y' } }, spec: { restartPolicy: 'Never', containers: [{ command: ['a'] }] } });
});

test.each([
  ['8080', { local: -1, remote: '8080' }],
  ['8888:80', { local: 8888, remote: '80' }],
  [':80', { local: 0, remote: '80' }],
  ['8080:http', { local: 8080, remote: 'http' }],
])('port-forward %s', (text, expected) => {
  expect(parseForward(text)).toEqual(expected);
});

test.each(['', ':', '80:', 'a:b:c', '70000:80'])('port-forward %j is refused', (text) => {
  expect(() => parseForward(text)).toThrow('is no pair of ports');
});

test.each([
  ['90', 90_000],
  ['1m30s', 90_000],
  ['500ms', 500],
  ['0', 0],
  ['1.5h', 5_400_000],
])('a duration of %s', (text, ms) => {
  expect(Timeout.parse(text)).toBe(ms);
});

test.each(['', 'soon', '5x', '-1s', '5s6'])('%j is no duration', (text) => {
  expect(Timeout.safeParse(text).success).toBe(false);
});
