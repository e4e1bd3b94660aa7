import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startKubectl } from '../support/kubectl.ts';
import { VARIABLES } from '#lambda/names';
import type { Call } from './endpoint/call.ts';
import { openAccount, without, type Account, type AccountOptions } from './open-account.ts';
import { liveThrough } from './rollout.ts';

async function withAccount(options: AccountOptions, use: (account: Account) => Promise<void>): Promise<void> {
  const account = await openAccount(options);
  try {
    await use(account);
  } finally {
    await account.close();
  }
}

test('the api’s own ring alone brings an application through its life', () => withAccount({ faults: ['no-stream'] }, (account) => liveThrough(account)));

test('with the api’s ring off, the stream alone does', () =>
  withAccount({ faults: ['no-api-ring'] }, async (account) => {
    await liveThrough(account);
    expect(account.happened).toContain('lost a message of ApiF70053CD');
  }));

// A variable whose value never leaves its function would be one that nobody uses.
test('with both off, the tick alone does; on the way each variable is used', () => {
  const sent = new Map<string, string[]>();
  const observe = ({ accessKeyId, body }: Call): undefined => {
    const fn = accessKeyId.replace(/^ASIA|\d+$/g, '');
    sent.set(fn, [...(sent.get(fn) ?? []), body.toString()]);
  };
  // What dispatch makes of the stream is sent, and lost.
  return withAccount({ faults: ['lose-rings'], tickSeconds: 2, observe }, async (account) => {
    await liveThrough(account);
    await account.kubectl(['create', 'token', 'default']);
    // A simulated container prints nothing; its node is asked all the same, by way of the relay's address. A pod that is bound from the first needs no loop.
    await account.kubectl(['run', 'quiet', '--image=example.test/web:1', '--overrides={"spec":{"nodeName":"worker"}}']);
    expect(await eventually('its log', async () => ({ log: await account.kubectl(['logs', 'quiet']) }), { timeoutMs: 60_000 })).toEqual({ log: '' });
    const settings = await account.kubectl(['get', '--raw', '/zeroplane/v1/nodes/worker/settings']);
    for (const { id, environment } of account.definitions) {
      const calls = sent.get(id.toUpperCase().replace(/\d+$/, ''))?.map(decodeURIComponentSafely).join('\n') ?? '';
      for (const [variable, value] of Object.entries(environment)) {
        if (variable === VARIABLES.accountConcurrency) expect(JSON.parse(settings)).toMatchObject({ maxParallelRequests: Number(value) / 5 });
        else if (variable !== VARIABLES.relayUrl) expect(calls.includes(shown(id, variable, value)), `${id} sends the value of ${variable}`).toBe(true);
      }
    }
  });
});

// The relay rings nodes alone: what it needs of the address is where their queues are.
function shown(id: string, variable: string, value: string): string {
  return id.startsWith('Relay') && variable === VARIABLES.ringQueue ? value.slice(0, value.lastIndexOf('/')) : value;
}

// What must not happen is given as long as what does happen needs, many times over.
const LONG_ENOUGH_MS = 12_000;
const DEADLINE_SECONDS = 10;

// They wait more than they work.
describe.concurrent('one resource less in the template', () => {
  test.each([
    { removed: 'RingNow', options: {} },
    { removed: 'Stream', options: { faults: ['no-api-ring'] } },
    { removed: 'EveryMinute', options: { faults: ['lose-rings', 'no-stream'], tickSeconds: 2 } },
  ])('without $removed nothing is done', ({ removed, options }) =>
    withAccount({ ...options, withNode: false, template: without(removed) }, async ({ kubectl }) => {
      await kubectl(['create', 'deployment', 'web', '--image=example.test/web:1']);
      await expect(eventually('a replica set', async () => (await kubectl(['get', 'replicasets', '-o', 'name'])) !== '', { timeoutMs: LONG_ENOUGH_MS, intervalMs: 1000 })).rejects.toThrow('not within');
    }),
  );

  // Without a node its pods stay Pending, so nothing but time brings it on.
  test('a rollout’s deadline comes by the queue of delayed rings; Lambda sees that the loop has rung for itself', () => {
    const lineages: string[] = [];
    const observe = ({ operation, headers }: Call): undefined => {
      if (operation === 'SendMessage') lineages.push(String(headers['x-amzn-trace-id']));
    };
    return withAccount({ withNode: false, observe }, async ({ kubectl }) => {
      await kubectl(['create', '-f', '-'], { stdin: STUCK });
      await eventually('the deadline is told', () => isOverdue(kubectl), { timeoutMs: 60_000, intervalMs: 500 });
      expect(lineages).toContainEqual(expect.stringMatching(/Lineage=(Api\w+:1\|)?Worker\w+:1\|Dispatch\w+:1$/));
    });
  });

  test('without RingLater it passes unseen', () =>
    withAccount({ withNode: false, template: without('RingLater') }, async ({ kubectl }) => {
      await kubectl(['create', '-f', '-'], { stdin: STUCK });
      await expect(eventually('the deadline is told', () => isOverdue(kubectl), { timeoutMs: 2 * DEADLINE_SECONDS * 1000, intervalMs: 1000 })).rejects.toThrow('not within');
    }));
});

test('writer and watcher are served by different processes of the api', async () => {
  const writers = new Set<string>();
  const all = new Set<string>();
  const observe = ({ operation, accessKeyId, body }: Call): undefined => {
    if (!accessKeyId.startsWith('ASIAAPI')) return;
    all.add(accessKeyId);
    // The watcher writes too: it takes its seat.
    if (operation === 'TransactWriteItems' && body.includes('default/after')) writers.add(accessKeyId);
  };
  await withAccount({ withNode: false, observe }, async ({ kubectl, writeKubeconfig }) => {
    await kubectl(['create', 'configmap', 'before']);
    const watcher = startKubectl(['get', 'configmaps', '-w', '-o', 'name'], { kubeconfig: writeKubeconfig() });
    let seen = '';
    watcher.stdout?.setEncoding('utf8').on('data', (text: string) => (seen += text));
    try {
      await eventually('the watch has begun', async () => seen.includes('configmap/before'));
      await kubectl(['create', 'configmap', 'after']);
      await eventually('the watcher has seen it', async () => seen.includes('configmap/after'), { timeoutMs: 10_000 });
      expect(writers.size).toBe(1);
      expect(all.size).toBeGreaterThan(1);
    } finally {
      watcher.kill('SIGKILL');
    }
  });
});

function decodeURIComponentSafely(body: string): string {
  try {
    return decodeURIComponent(body);
  } catch {
    return body; // no form
  }
}

const STUCK = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'stuck' },
  spec: {
    progressDeadlineSeconds: DEADLINE_SECONDS,
    selector: { matchLabels: { app: 'stuck' } },
    template: { metadata: { labels: { app: 'stuck' } }, spec: { containers: [{ name: 'web', image: 'example.test/web:1' }] } },
  },
});

async function isOverdue(kubectl: Account['kubectl']): Promise<boolean> {
  return (await kubectl(['get', 'deployment', 'stuck', '-o', 'jsonpath={.status.conditions[?(@.type=="Progressing")].reason}'])) === 'ProgressDeadlineExceeded';
}
