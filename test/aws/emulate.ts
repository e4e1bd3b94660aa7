import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startDynamoDbProcess } from '../support/dynamodb-process.ts';
import { TYPICAL_LATENCIES } from './endpoint/latencies.ts';
import { startEmulator } from './emulator.ts';
import { readFaults } from './faults.ts';
import { joinNode } from './node.ts';
import { loadTemplate } from './template/load.ts';

const USAGE = 'usage: npm run aws:emulate -- --data-dir DIR [--port N] [--runtime docker|simulated] [--workers 0|1] [--tick-seconds S] [--latencies] [--fault NAME]... [--out cdk.out]';

/** Deploys the synthesised template onto an emulated account, joins a worker, and runs until it is told to end. */
const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    port: { type: 'string', default: '0' },
    runtime: { type: 'string', default: 'docker' },
    workers: { type: 'string', default: '1' },
    'tick-seconds': { type: 'string' },
    latencies: { type: 'boolean', default: false }, // each call of AWS takes at least its typical time
    fault: { type: 'string', multiple: true, default: [] },
    out: { type: 'string', default: 'cdk.out' },
  },
});
const { runtime } = values;
if (values['data-dir'] === undefined || (runtime !== 'docker' && runtime !== 'simulated')) throw new Error(USAGE);
const dataDir = resolve(values['data-dir']);

const told = new Promise<void>((done) => {
  process.once('SIGTERM', done);
  process.once('SIGINT', done);
});
const template = loadTemplate(resolve(values.out));
const dynamodb = await startDynamoDbProcess();
const tick = values['tick-seconds'] === undefined ? {} : { tickSeconds: Number(values['tick-seconds']) };
const emulator = await startEmulator({ template, dataDir, dynamodbUrl: dynamodb.endpoint, port: Number(values.port), faults: readFaults(values.fault), ...tick, ...(values.latencies ? { latencies: TYPICAL_LATENCIES } : {}) });
const node =
  values.workers === '0'
    ? undefined
    : await joinNode({ name: hostname().toLowerCase(), runtime, folder: join(dataDir, 'node'), clusterUid: emulator.clusterUid, server: { url: emulator.url, caFile: emulator.caFile, adminToken: emulator.adminToken } });
process.stdout.write(`emulated account: ${emulator.url}\nexport KUBECONFIG=${emulator.writeKubeconfig()}\nready\n`);
await told;
await node?.stop();
node?.remove();
await emulator.close();
await dynamodb.stop();
process.exit(0);
