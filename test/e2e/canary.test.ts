import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#test/support/eventually';
import { WEB_V1, WEB_V2, ensureWebImages } from '#test/support/images';
import { type TestNamespace, answerOf, createNamespace } from './namespace.ts';

// Two Deployments behind one Service: the traffic follows the replica counts.
let namespace: TestNamespace;

const deployment = (name: string, image: string, replicas: number) => {
  const labels = { app: 'web', track: name };
  const container = { name: 'web', image, imagePullPolicy: 'Never' };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [container] } } } };
};

beforeAll(async () => {
  await ensureWebImages();
  namespace = await createNamespace('canary');
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] } };
  await namespace.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [service, deployment('stable', WEB_V1, 3), deployment('canary', WEB_V2, 1)] }) });
  for (const name of ['stable', 'canary']) await namespace.kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=60s']);
});
afterAll(() => namespace.remove());

const REQUESTS = 200;
/** How many of the requests the canary answered; undefined when one was answered by nobody. */
async function answeredByCanary(): Promise<number | undefined> {
  const address = `${await namespace.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}'])}:80`;
  const answers: (string | undefined)[] = [];
  for (let i = 0; i < REQUESTS; i++) answers.push(await answerOf(address));
  return answers.includes(undefined) ? undefined : answers.filter((answer) => answer === 'version 2').length;
}

// 200 draws of a quarter: fewer than 20 or more than 85 come less than once in a million times.
test('one pod of four gets about a quarter', async () => {
  const count = await eventually('all are answered', answeredByCanary);
  expect(count).toBeGreaterThan(20);
  expect(count).toBeLessThan(85);
});

test('scaled to nothing, the canary gets nothing', async () => {
  await namespace.kubectl(['scale', 'deployment/canary', '--replicas=0']);
  await eventually('the stable pods answer all', async () => (await answeredByCanary()) === 0);
});
