import { eventually } from '../support/eventually.ts';
import type { Account } from './open-account.ts';

const PATIENCE = '--timeout=90s';

/** An application's life, by kubectl: made, scaled, changed, deleted. Each step needs the loop, and the node. */
export async function liveThrough(account: Account, name = 'web'): Promise<void> {
  const { kubectl } = account;
  await kubectl(['create', 'deployment', name, '--image=example.test/web:1', '--replicas=2', '--port=8080']);
  await kubectl(['expose', 'deployment', name]);
  await rolledOut(account, name);
  await kubectl(['scale', 'deployment', name, '--replicas=3']);
  await rolledOut(account, name);
  await kubectl(['set', 'image', `deployment/${name}`, 'web=example.test/web:2']);
  await rolledOut(account, name);
  const pods = await podsOf(account, name);
  if (pods.length !== 3 || pods.some((pod) => pod !== 'example.test/web:2 Running')) throw new Error(`not three new pods: ${pods.join(', ')}`);
  await eventually('all three behind the Service', async () => (await kubectl(['get', 'endpoints', name, '-o', 'jsonpath={.subsets[*].addresses[*].ip}'])).split(' ').length === 3);
  await kubectl(['delete', 'deployment,service', name, PATIENCE], { timeoutMs: 120_000 });
  await eventually('its pods are gone', async () => (await podsOf(account, name)).length === 0, { timeoutMs: 90_000, intervalMs: 500 });
}

export async function rolledOut({ kubectl }: Account, name = 'web'): Promise<void> {
  await kubectl(['rollout', 'status', `deployment/${name}`, PATIENCE], { timeoutMs: 120_000 });
}

/** The image and phase of each pod that is not being deleted. */
export async function podsOf({ kubectl }: Account, name = 'web'): Promise<string[]> {
  const template = '{range .items[*]}{.metadata.deletionTimestamp}|{.spec.containers[0].image} {.status.phase}{"\\n"}{end}';
  const lines = (await kubectl(['get', 'pods', '-l', `app=${name}`, '-o', `jsonpath=${template}`])).split('\n');
  return lines.filter((line) => line.startsWith('|')).map((line) => line.slice(1));
}
