import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEPLOYMENTS, PODS } from '#client/core-resources';
import { eventually } from '../support/eventually.ts';
import { kubectl, startKubectl } from '../support/kubectl.ts';
import { idlePollsAnHour } from './bill/idle-polls.ts';
import { openMeteredAccount } from './bill/metered-account.ts';
import { merged } from './bill/meter.ts';
import { dollarsOf, entriesOf, PRICES, sumOf, type Amounts } from './bill/prices.ts';
import { plus, times, without, type Usage } from './bill/usage.ts';
import { deploymentOf, podOf } from './bill/workloads.ts';
import { TYPICAL_LATENCIES } from './endpoint/latencies.ts';

/**
 * `npm run bill`: what the installation costs by list price, counted on the emulated account and scaled from less: `--minutes` of idling
 * and watching, `--pods` pod starts, `--calls` kubectl calls. `--detail` names callers and operations.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    pods: { type: 'string', default: '5' },
    calls: { type: 'string', default: '24' },
    detail: { type: 'boolean', default: false },
    out: { type: 'string', default: 'cdk.out' },
  },
});
const minutes = Number(values.minutes);
const pods = Number(values.pods);
const calls = Number(values.calls);
const HOURS_A_MONTH = 730;
const AN_HOUR = 60 / minutes;
const WATCH_SECONDS = 60;
const BURST_FACTOR = 4;

const account = await openMeteredAccount({ cloudAssembly: resolve(values.out), latencies: TYPICAL_LATENCIES });
const { client, emulator, usedBy, usedWithin } = account;
const kubeconfig = emulator.writeKubeconfig();
const KUBECTL_CALLS = [
  ['get', 'pods', '--all-namespaces'],
  ['get', 'nodes'],
  ['get', 'deployments'],
  ['apply', '-f', '-'],
  ['describe', 'configmap', 'settings'],
  ['get', 'configmap', 'settings', '-o', 'yaml'],
  ['annotate', 'configmap', 'settings', 'touched=yes', '--overwrite'],
  ['get', 'events'],
];

const idling = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, minutes * 60_000));

print(`list prices of us-east-1 before free tiers; Lambda as measured here, calls of AWS taking at least their typical time, computing as on the function's share of a vCPU`);
await eventually('the first request has made the cluster', () => client.list(PODS, { namespace: 'default' }), { timeoutMs: 120_000 });

const polls = idlePollsAnHour(emulator.queues);
print(`\nLambda's polling of the queues, by its documentation: ${dollars(dollarsOf(polls))} an hour, ${dollars(dollarsOf(polls) * HOURS_A_MONTH)} a month`);

await usedBy(async () => undefined);
const empty = await usedWithin(idling);
tell(`an idle hour without nodes (from ${minutes} minutes)`, times(empty, AN_HOUR), { month: true });

let touched = 0;
const called = await usedBy(async () => {
  for (let i = 0; i < calls; i++) {
    const args = KUBECTL_CALLS[(i + 3) % KUBECTL_CALLS.length] as string[];
    const stdin = args[0] === 'apply' ? { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { touched: String(++touched) } }) } : {};
    await kubectl(args, { kubeconfig, ...stdin });
  }
});
tell(`1,000 kubectl calls (from ${calls})`, times(without(called, empty), 1000 / calls));

// As informers do, which ask anew when a watch has ended by itself.
const watches = Array.from({ length: minutes }, () => ['get', '--raw', `/api/v1/pods?watch=1&timeoutSeconds=${WATCH_SECONDS}`]);
const watched = await usedWithin(async () => {
  for (const args of watches) await kubectl(args, { kubeconfig, timeoutMs: 2 * WATCH_SECONDS * 1000 });
});
tell(`an hour of one watch in which nothing happens (from ${minutes} minutes)`, times(without(watched, empty), 3600 / watched.seconds));

await account.join('one');
await usedBy(() => client.create(PODS, podOf('warm')));
const single: Usage[] = [];
for (let i = 0; i < pods; i++) single.push(await usedBy(() => client.create(PODS, podOf(`single-${i}`))));
const burst = await usedBy(() => client.create(DEPLOYMENTS, deploymentOf('burst', BURST_FACTOR * pods)));

await account.join('two', 'three');
await usedBy(async () => undefined);
const idle = await usedWithin(idling);
const node = times(without(idle, empty), 1 / 3);
const oneNode = plus(empty, { items: node.items, seconds: 0 });
tell(`an idle hour with 3 nodes (from ${minutes} minutes)`, times(idle, AN_HOUR), { month: true });
tell('of it one node', times(node, AN_HOUR), { month: true });
tell(`1,000 pod starts, one at a time (from ${pods})`, times(without(plus(...single), oneNode), 1000 / pods));
tell(`1,000 pod starts in bursts (from a Deployment of ${BURST_FACTOR * pods})`, times(without(burst, oneNode), 1000 / (BURST_FACTOR * pods)));

// A minute, in which nothing is printed: what it costs to hold the way open.
const followed = await usedBy(async () => {
  const following = startKubectl(['logs', '--follow', 'single-0'], { kubeconfig });
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  following.kill();
});
tell('a minute of logs --follow', without(followed, idle));

const storedGbMonth = (await account.storedBytes()) / 1e9;
print(`\nstored after all this: ${(storedGbMonth * 1e6).toFixed(0)} KB, ${dollars(dollarsOf({ storedGbMonth }))} a month`);
await account.close();
process.exit(0);

function tell(what: string, { items }: Usage, { month = false }: { month?: boolean } = {}): void {
  const amounts = sumOf(items.map((item) => item.amounts));
  print(`\n${what}: ${dollars(dollarsOf(amounts))}${month ? `, ${dollars(dollarsOf(amounts) * HOURS_A_MONTH)} a month` : ''}`);
  for (const service of new Set(Object.values(PRICES).map((price) => price.service))) {
    const own = Object.fromEntries(entriesOf(amounts).filter(([unit]) => PRICES[unit].service === service)) as Amounts;
    const counts = entriesOf(own).map(([unit, amount]) => `${Number(amount.toPrecision(4))} ${unit}`);
    if (counts.length > 0) print(`  ${service.padEnd(16)}${dollars(dollarsOf(own)).padStart(10)}  ${counts.join(', ')}`);
  }
  if (!values.detail) return;
  const dear = merged(items).sort((a, b) => dollarsOf(b.amounts) - dollarsOf(a.amounts));
  for (const { caller, operation, calls: count, amounts: own } of dear) print(`    ${dollars(dollarsOf(own)).padStart(10)}  ${caller} ${operation}: ${count.toFixed(0)} calls`);
}

function dollars(amount: number): string {
  return `$${Math.abs(amount) < 0.01 ? amount.toFixed(5) : amount.toFixed(3)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
