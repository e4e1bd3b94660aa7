import { parseArgs } from 'node:util';
import { runOnDouble } from './home-double.ts';
import { runOnDynamoDbLocal } from './home-dynamodb.ts';
import { runOnEmbedded } from './home-embedded.ts';

// npm run history -- --adapter embedded|double|dynamodb --seeds N [--from SEED]
const { values } = parseArgs({ options: { adapter: { type: 'string', default: 'double' }, seeds: { type: 'string', default: '1000' }, from: { type: 'string', default: '1' } } });
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.from) + i);

let faulty = 0;
let judged = 0;
function report(faults: string[]): void {
  faulty += faults.length;
  for (const fault of faults) console.log(fault);
}

const startedMs = performance.now();
if (values.adapter === 'embedded') await runOnEmbedded(seeds, report);
else if (values.adapter === 'dynamodb') console.log('calls that went wrong:', Object.fromEntries(await runOnDynamoDbLocal(seeds, report)));
else if (values.adapter === 'double') {
  for (const seed of seeds) {
    const fault = await runOnDouble(seed);
    if (fault !== undefined) report([fault]);
    if (++judged % 10_000 === 0) console.log(`${judged} seeds, ${faulty} faults`);
  }
} else throw new Error(`no adapter ${values.adapter}: embedded, double or dynamodb`);

console.log(`${values.adapter}: ${seeds.length} interleavings, ${faulty} faults, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
process.exitCode = faulty === 0 ? 0 : 1;
