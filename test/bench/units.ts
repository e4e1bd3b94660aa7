import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KubeObject } from '#api/object';
import { ApiClient } from '#client/api-client';
import { DEPLOYMENTS, PODS } from '#client/core-resources';
import { httpsTransport } from '#client/https-transport';
import { createCapacityMeter, type CapacityMeter, type Used } from '../aws/capacity-meter.ts';
import type { Call } from '../aws/endpoint/call.ts';
import { startEmulator } from '../aws/emulator.ts';
import { joinNode } from '../aws/node.ts';
import { loadTemplate } from '../aws/template/load.ts';
import { startDynamoDbProcess } from '../support/dynamodb-process.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { notMeasured, type Figure } from './figure.ts';

const CLOUD_ASSEMBLY = resolve(import.meta.dirname, '../../cdk.out');
// us-east-1, on demand; FIFO requests cost a quarter more than these.
const DOLLARS = { readUnit: 0.125e-6, writeUnit: 0.625e-6, sqsRequest: 0.4e-6 };
// Nothing that a pod's start causes comes later than the agent's own pauses.
const QUIET_MS = 5_000;
const CALLERS = ['Api', 'Dispatch', 'Worker', 'Tick'];

/** What one pod start costs on AWS, counted on the emulated account: warm functions, no tick, one simulated node. */
export async function unitFigures(): Promise<Figure[]> {
  if (!existsSync(CLOUD_ASSEMBLY)) return [notMeasured('DynamoDB units and SQS requests', '`npm run synth` first')];
  const folder = temporaryFolder('units');
  const dynamodb = await startDynamoDbProcess();
  const meter = createCapacityMeter(callerOf);
  const emulator = await startEmulator({ template: loadTemplate(CLOUD_ASSEMBLY), dataDir: folder.path, dynamodbUrl: dynamodb.endpoint, tickSeconds: 0, wires: [meter.wire] });
  const { url, caFile, adminToken, clusterUid } = emulator;
  mkdirSync(join(folder.path, 'node'));
  const node = await joinNode({ name: 'worker', runtime: 'simulated', folder: join(folder.path, 'node'), clusterUid, server: { url, caFile, adminToken } });
  const transport = httpsTransport({ server: url, ca: readFileSync(caFile, 'utf8'), token: adminToken });
  const client = new ApiClient(transport.send);
  try {
    await started(client, meter, { app: 'warm' }, () => client.create(PODS, podOf('warm')));
    const pod = await started(client, meter, { app: 'one' }, () => client.create(PODS, podOf('one')));
    const deployment = await started(client, meter, { app: 'three', pods: 3 }, () => client.create(DEPLOYMENTS, deploymentOf('three', 3)));
    return [...figuresOf('one pod start', pod), ...figuresOf('a Deployment of 3', deployment)];
  } finally {
    transport.close();
    await node.stop();
    await emulator.close();
    await dynamodb.stop();
    folder.remove();
  }
}

type Row = ReturnType<CapacityMeter['used']>[number];

// Nobody asks how far it is while it is counted.
async function started(client: ApiClient, meter: CapacityMeter, { app, pods = 1 }: { app: string; pods?: number }, begin: () => Promise<unknown>): Promise<Row[]> {
  const quiet = (): Promise<unknown> => eventually('all is quiet', async () => Date.now() - meter.lastCallMs() > QUIET_MS, { timeoutMs: 180_000, intervalMs: 250 });
  await quiet();
  meter.reset();
  await begin();
  await quiet();
  const used = meter.used();
  const { items } = await client.list<KubeObject & { status: { phase: string } }>(PODS, { namespace: 'default', labelSelector: `app=${app}` });
  if (items.filter(({ status }) => status.phase === 'Running').length !== pods) throw new Error(`not all pods of ${app} run`);
  return used;
}

function figuresOf(what: string, rows: Row[]): Figure[] {
  const sum = sumOf(rows);
  const requests = rows.filter(({ operation }) => operation.startsWith('sqs:')).reduce((total, { used }) => total + used.calls, 0);
  const dollars = sum.readUnits * DOLLARS.readUnit + sum.writeUnits * DOLLARS.writeUnit + requests * DOLLARS.sqsRequest;
  const lines = [...rows]
    .sort((a, b) => `${a.caller} ${a.operation}`.localeCompare(`${b.caller} ${b.operation}`))
    .map(({ caller, operation, used }): Figure => ({ what: `  ${caller} ${operation}`, ours: operation.startsWith('sqs:') ? `${used.calls} requests` : unitsText(used) }));
  return [{ what: `${what}: DynamoDB and SQS`, ours: `${unitsText(sum)}, ${requests} SQS requests: $${(dollars * 1000).toFixed(2)} per 1,000 (list price)` }, ...lines];
}

function unitsText({ calls, readUnits, writeUnits }: Used): string {
  return `${calls} calls, ${readUnits} read and ${writeUnits} write units`;
}

function sumOf(rows: Row[]): Used {
  const total: Used = { calls: 0, readUnits: 0, writeUnits: 0 };
  for (const { operation, used } of rows) {
    if (!operation.startsWith('dynamodb:')) continue;
    total.calls += used.calls;
    total.readUnits += used.readUnits;
    total.writeUnits += used.writeUnits;
  }
  return total;
}

// Functions sign with keys that bear their names; the event sources sign with the account's own, agents with a session's.
function callerOf({ accessKeyId }: Call): string {
  const fn = CALLERS.find((name) => accessKeyId.startsWith(`ASIA${name.toUpperCase()}`));
  return fn ?? (accessKeyId.startsWith('ASIASESSION') ? 'agent' : 'event source');
}

function podOf(name: string): KubeObject & { spec: object } {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name, labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'example.test/web:1' }] } };
}

function deploymentOf(name: string, replicas: number): KubeObject & { spec: object } {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'example.test/web:1' }] } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'default', name }, spec: { replicas, selector: { matchLabels: labels }, template } };
}
