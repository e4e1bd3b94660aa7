import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startKubectl } from '../support/kubectl.ts';
import type { Call } from './endpoint/call.ts';
import { openAccount, without, type Account, type AccountOptions } from './open-account.ts';
import { liveThrough } from './rollout.ts';

const open: Account[] = [];
const account = async (options?: AccountOptions): Promise<Account> => {
  const made = await openAccount(options);
  open.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

test('the api’s own ring alone brings an application through its life', async () => {
  await liveThrough(await account({ faults: ['no-stream'] }));
});

test('with the api’s ring off, the stream alone does', async () => {
  const { happened, ...stream } = await account({ faults: ['no-api-ring'] });
  await liveThrough({ happened, ...stream });
  expect(happened).toContain('lost a message of ApiF70053CD');
});

test('with both off, the tick alone does', async () => {
  await liveThrough(await account({ faults: ['lose-rings', 'no-stream'], tickSeconds: 2 }));
});

test('a rollout’s deadline comes by the queue of delayed rings', async () => {
  const { kubectl } = await account({ withNode: false });
  await stuckRollout(kubectl);
  await eventually('the deadline is told', async () => (await progressReason(kubectl)) === 'ProgressDeadlineExceeded', { timeoutMs: 60_000 });
});

// What must not happen is given as long as what does happen needs, many times over.
const LONG_ENOUGH_MS = 12_000;

test.each([
  { removed: 'RingNow', options: {} },
  { removed: 'Stream', options: { faults: ['no-api-ring'] } },
  { removed: 'EveryMinute', options: { faults: ['lose-rings', 'no-stream'], tickSeconds: 2 } },
])('without $removed in the template nothing is done', async ({ removed, options }) => {
  const { kubectl } = await account({ ...options, withNode: false, template: without(removed) });
  await kubectl(['create', 'deployment', 'web', '--image=example.test/web:1']);
  await expect(eventually('a replica set', async () => (await kubectl(['get', 'replicasets', '-o', 'name'])) !== '', { timeoutMs: LONG_ENOUGH_MS, intervalMs: 1000 })).rejects.toThrow('not within');
});

test('without RingLater in the template a rollout’s deadline passes unseen', async () => {
  const { kubectl } = await account({ withNode: false, template: without('RingLater') });
  await stuckRollout(kubectl);
  await expect(eventually('the deadline is told', async () => (await progressReason(kubectl)) === 'ProgressDeadlineExceeded', { timeoutMs: LONG_ENOUGH_MS, intervalMs: 1000 })).rejects.toThrow('not within');
});

test('writer and watcher are served by different processes of the api', async () => {
  const writers = new Set<string>();
  const all = new Set<string>();
  const observe = ({ operation, accessKeyId }: Call): undefined => {
    if (!accessKeyId.startsWith('ASIAAPI')) return;
    all.add(accessKeyId);
    if (operation === 'TransactWriteItems') writers.add(accessKeyId);
  };
  const { kubectl, writeKubeconfig } = await account({ withNode: false, observe });
  await kubectl(['create', 'configmap', 'before']);
  const watcher = startKubectl(['get', 'configmaps', '-w', '-o', 'name'], { kubeconfig: writeKubeconfig() });
  let seen = '';
  watcher.stdout?.setEncoding('utf8').on('data', (text: string) => (seen += text));
  try {
    await eventually('the watch has begun', async () => seen.includes('configmap/before'));
    writers.clear();
    await kubectl(['create', 'configmap', 'after']);
    await eventually('the watcher has seen it', async () => seen.includes('configmap/after'), { timeoutMs: 10_000 });
    expect(writers.size).toBe(1);
    expect(all.size).toBeGreaterThan(1);
  } finally {
    watcher.kill('SIGKILL');
  }
});

// Without a node its pods stay Pending, so nothing but time brings it on.
async function stuckRollout(kubectl: Account['kubectl']): Promise<void> {
  await kubectl(['create', 'deployment', 'web', '--image=example.test/web:1']);
  await kubectl(['patch', 'deployment', 'web', '-p', '{"spec":{"progressDeadlineSeconds":3}}']);
}

function progressReason(kubectl: Account['kubectl']): Promise<string> {
  return kubectl(['get', 'deployment', 'web', '-o', 'jsonpath={.status.conditions[?(@.type=="Progressing")].reason}']);
}
