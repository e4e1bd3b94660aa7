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
await startedMs('warm');
const tookMs: number[] = [];
for (let i = 0; i < Number(values.pods); i++) tookMs.push(await startedMs(`pod-${i}`));
tookMs.sort((a, b) => a - b);
process.stdout.write(`create to container running, of ${tookMs.length}: median ${median(tookMs).toFixed(0)} ms, from ${tookMs[0]?.toFixed(0)} to ${tookMs.at(-1)?.toFixed(0)} ms\n`);
await account.close();
process.exit(0);

interface Pod extends KubeObject {
  status?: { containerStatuses?: { state: { running?: object } }[] };
}

async function startedMs(name: string): Promise<number> {
  const ended = new AbortController();
  const { metadata } = await client.list<Pod>(PODS, { namespace: 'default', limit: 1 });
  const seen = (async (): Promise<number> => {
    const pods = client.watch<Pod>(PODS, { namespace: 'default', fieldSelector: `metadata.name=${name}`, resourceVersion: metadata.resourceVersion, signal: ended.signal });
    for await (const { object } of pods) if (object.status?.containerStatuses?.[0]?.state.running !== undefined) return performance.now();
    throw new Error(`the watch of ${name} ended`);
  })();
  const beganMs = performance.now();
  await client.create(PODS, podOf(name));
  const endedMs = await seen;
  ended.abort();
  return endedMs - beganMs;
}
