import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { KubeObject } from '#api/object';
import { PODS } from '#client/core-resources';
import { median } from '../bench/figure.ts';
import { openMeteredAccount } from './bill/metered-account.ts';
import { podOf } from './bill/workloads.ts';
import { TYPICAL_LATENCIES } from './endpoint/latencies.ts';

/**
 * `npm run latency`: from the begin of a create to the moment at which a watcher sees the pod's container running, on the emulated account with
 * each call of AWS taking at least its typical time (`endpoint/latencies.ts`); a simulated runtime, whose containers start at once.
 */
const { values } = parseArgs({ options: { pods: { type: 'string', default: '20' }, out: { type: 'string', default: 'cdk.out' } } });

const account = await openMeteredAccount({ cloudAssembly: resolve(values.out), latencies: TYPICAL_LATENCIES });
const { client } = account;
await account.join('worker');
const sawRunning = new Map<string, (atMs: number) => void>();
// One for all of them: an account has room for few watches, and hears of none that was given up.
let isOver = false;
watchPods().catch((error: unknown) => {
  if (!isOver) throw error;
});
await startedMs('warm');
const tookMs: number[] = [];
for (let i = 0; i < Number(values.pods); i++) tookMs.push(await startedMs(`pod-${i}`));
process.stdout.write(`create to container running, of ${tookMs.length}: median ${median(tookMs).toFixed(0)} ms, from ${Math.min(...tookMs).toFixed(0)} to ${Math.max(...tookMs).toFixed(0)} ms\n`);
isOver = true;
await account.close();
process.exit(0);

interface Pod extends KubeObject {
  status?: { containerStatuses?: { state: { running?: object } }[] };
}

async function watchPods(): Promise<void> {
  const { metadata } = await client.list<Pod>(PODS, { namespace: 'default' });
  for await (const { object } of client.watch<Pod>(PODS, { namespace: 'default', resourceVersion: metadata.resourceVersion })) {
    if (object.status?.containerStatuses?.[0]?.state.running !== undefined) sawRunning.get(object.metadata.name ?? '')?.(performance.now());
  }
}

async function startedMs(name: string): Promise<number> {
  const seen = new Promise<number>((resolveSeen) => sawRunning.set(name, resolveSeen));
  const beganMs = performance.now();
  await client.create(PODS, podOf(name));
  return (await seen) - beganMs;
}
