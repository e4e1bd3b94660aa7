import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KubeObject } from '#api/object';
import { DEPLOYMENTS, PODS } from '#client/core-resources';
import { openMeteredAccount, type MeteredAccount } from '../aws/bill/metered-account.ts';
import type { Item } from '../aws/bill/meter.ts';
import { dollarsOf, sumOf } from '../aws/bill/prices.ts';
import { deploymentOf, podOf } from '../aws/bill/workloads.ts';
import { notMeasured, type Figure } from './figure.ts';
import { storeUnitFigures } from './units-of-store.ts';

const CLOUD_ASSEMBLY = resolve(import.meta.dirname, '../../cdk.out');

/** What one call of the table and one pod start cost on AWS, counted on the emulated account: warm functions, no tick, one simulated node. */
export async function unitFigures(): Promise<Figure[]> {
  const ofStore = await storeUnitFigures();
  if (!existsSync(CLOUD_ASSEMBLY)) return [...ofStore, notMeasured('a pod start: DynamoDB units and SQS requests', '`npm run synth` first')];
  const account = await openMeteredAccount({ cloudAssembly: CLOUD_ASSEMBLY, tickSeconds: 0 });
  try {
    await account.join('worker');
    await started(account, { app: 'warm' });
    const pod = await started(account, { app: 'one' });
    const deployment = await started(account, { app: 'three', pods: 3 });
    return [...ofStore, ...figuresOf('one pod start', pod), ...figuresOf('a Deployment of 3', deployment)];
  } finally {
    await account.close();
  }
}

// Nobody asks how far it is while it is counted.
async function started({ client, usedBy }: MeteredAccount, { app, pods = 1 }: { app: string; pods?: number }): Promise<Item[]> {
  const { items } = await usedBy(() => (pods === 1 ? client.create(PODS, podOf(app)) : client.create(DEPLOYMENTS, deploymentOf(app, pods))));
  const { items: found } = await client.list<KubeObject & { status: { phase: string } }>(PODS, { namespace: 'default', labelSelector: `app=${app}` });
  if (found.filter(({ status }) => status.phase === 'Running').length !== pods) throw new Error(`not all pods of ${app} run`);
  return items;
}

function figuresOf(what: string, items: Item[]): Figure[] {
  const counted = items.filter(({ operation }) => operation.startsWith('dynamodb:') || operation.startsWith('sqs:'));
  const total = { operation: 'dynamodb:', calls: counted.reduce((sum, { calls }) => sum + calls, 0), amounts: sumOf(counted.map(({ amounts }) => amounts)) };
  const lines = [...counted]
    .sort((a, b) => `${a.caller} ${a.operation}`.localeCompare(`${b.caller} ${b.operation}`))
    .map((item): Figure => ({ what: `  ${item.caller} ${item.operation}`, ours: unitsText(item) }));
  return [{ what: `${what}: DynamoDB and SQS`, ours: `${unitsText(total)}: $${(dollarsOf(total.amounts) * 1000).toFixed(2)} per 1,000 (list price)` }, ...lines];
}

function unitsText({ operation, calls, amounts: { readUnit = 0, writeUnit = 0 } }: Pick<Item, 'operation' | 'calls' | 'amounts'>): string {
  return operation.startsWith('sqs:') ? `${calls} requests` : `${calls} calls, ${readUnit} read and ${writeUnit} write units`;
}
