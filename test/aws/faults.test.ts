import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FAILURES } from './endpoint/failures.ts';
import { liveOnce } from './life.ts';
import { openAccount, type Account } from './open-account.ts';
import { openPatientClient } from './patient-client.ts';
import { liveThrough, podsOf, rolledOut } from './rollout.ts';

let account: Account;
afterEach(() => account.close());

test('every message and stream record twice: the same end state', { timeout: 240_000 }, async () => {
  account = await openAccount({ faults: ['double-messages'], tickSeconds: 2 });
  await liveThrough(account);
});

test('calls that fail in every way, in each function again and again: the same end state', { timeout: 240_000 }, async () => {
  account = await openAccount({ tickSeconds: 2 });
  const { client, close } = openPatientClient(account);
  // Each way at a step of its own. A burst of the loop begins with many reads: failing too often it would never come to work.
  for (const { fn, every } of EVERY) FAILURES.forEach((kind, i) => account.fail({ kind, fn, atCall: every + 2 * i, every: every * FAILURES.length + i }));
  try {
    await liveOnce(client, 'survivor');
  } finally {
    close();
  }
  for (const kind of FAILURES) expect(account.happened.some((line) => line.startsWith(kind)), kind).toBe(true);
});

test('one kill in the middle of each function: the same end state', { timeout: 240_000 }, async () => {
  account = await openAccount({ tickSeconds: 5 });
  const { kubectl, happened } = account;
  // The api dies between its commit and its ring: the client is told nothing, and applies again.
  account.kill({ fn: 'Api', atCall: 8 });
  await eventually('kubectl was taken', () => kubectl(['apply', '-f', '-'], { stdin: DEPLOYMENT }), { timeoutMs: 60_000 });
  account.kill({ fn: 'Dispatch', atCall: 1 });
  account.kill({ fn: 'Worker', atCall: 12 });
  account.kill({ fn: 'Tick', atCall: 2 });
  await kubectl(['scale', 'deployment', 'survivor', '--replicas=4']);
  await rolledOut(account, 'survivor');
  await eventually('each function was killed', async () => ['Api', 'Dispatch', 'Worker', 'Tick'].every((fn) => happened.some((line) => line.startsWith(`killed ${fn}`))), { timeoutMs: 60_000 });
  expect(await podsOf(account, 'survivor')).toEqual(Array(4).fill('example.test/web:1 Running'));
  await kubectl(['delete', 'deployment', 'survivor']);
  await eventually('its pods are gone', async () => (await podsOf(account, 'survivor')).length === 0, { timeoutMs: 90_000, intervalMs: 500 });
  // Nothing was left half-made: no replica set, and no second node.
  expect(await kubectl(['get', 'replicasets', '-o', 'name'])).toBe('');
});

const EVERY = [
  { fn: 'Api', every: 13 },
  { fn: 'Dispatch', every: 3 },
  { fn: 'Worker', every: 29 },
  { fn: 'Tick', every: 7 },
];

const DEPLOYMENT = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'survivor' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'survivor' } },
    template: { metadata: { labels: { app: 'survivor' } }, spec: { containers: [{ name: 'web', image: 'example.test/web:1' }] } },
  },
});
