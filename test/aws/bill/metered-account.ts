import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '#client/api-client';
import { startDynamoDbProcess } from '../../support/dynamodb-process.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { awsJson } from '../endpoint/aws-json.ts';
import { startEmulator, type Emulator, type EmulatorOptions } from '../emulator.ts';
import { joinNode } from '../node.ts';
import { openPatientClient } from '../patient-client.ts';
import { loadTemplate } from '../template/load.ts';
import { createMeter } from './meter.ts';
import type { Usage } from './usage.ts';

export interface MeteredAccount {
  emulator: Emulator;
  client: ApiClient;
  /** Simulated nodes of these names. */
  join(...names: string[]): Promise<void>;
  /** What is used from `begin` until nothing is done any more. */
  usedBy(begin: () => Promise<unknown>): Promise<Usage>;
  /** What is used from `begin` until it has ended. */
  usedWithin(begin: () => Promise<unknown>): Promise<Usage>;
  /** Of the table, as it stands. */
  storedBytes(): Promise<number>;
  close(): Promise<void>;
}

// Nothing that a pod's start causes comes later than the agent's own pauses.
const QUIET_MS = 5_000;

/** An emulated account of its own whose calls are counted. */
export async function openMeteredAccount(options: { cloudAssembly: string } & Pick<EmulatorOptions, 'tickSeconds' | 'latencies'>): Promise<MeteredAccount> {
  const folder = temporaryFolder('metered');
  const dynamodb = await startDynamoDbProcess();
  const meter = createMeter();
  const { cloudAssembly, ...rest } = options;
  const emulator = await startEmulator({ template: loadTemplate(cloudAssembly), dataDir: folder.path, dynamodbUrl: dynamodb.endpoint, meter, ...rest });
  const { url, caFile, adminToken, clusterUid } = emulator;
  const nodes: { stop(): Promise<void> }[] = [];
  const { client, close } = openPatientClient(emulator);
  const quiet = (): Promise<unknown> => eventually('all is quiet', async () => Date.now() - meter.lastCallMs() > QUIET_MS, { timeoutMs: 180_000, intervalMs: 250 });
  const usedWithin = async (begin: () => Promise<unknown>): Promise<Usage> => {
    meter.reset();
    const startedMs = performance.now();
    await begin();
    return { items: meter.items(), seconds: (performance.now() - startedMs) / 1000 };
  };
  return {
    emulator,
    client,
    async join(...names) {
      for (const name of names) {
        mkdirSync(join(folder.path, name));
        nodes.push(await joinNode({ name, runtime: 'simulated', folder: join(folder.path, name), clusterUid, server: { url, caFile, adminToken } }));
      }
    },
    async usedBy(begin) {
      await quiet();
      return usedWithin(() => begin().then(quiet));
    },
    usedWithin,
    async storedBytes() {
      const { Table } = await awsJson(dynamodb.endpoint)<{ Table: { TableSizeBytes: number } }>('DynamoDB_20120810.DescribeTable', { TableName: emulator.tableName });
      return Table.TableSizeBytes;
    },
    async close() {
      close();
      await Promise.all(nodes.map((node) => node.stop()));
      await emulator.close();
      await dynamodb.stop();
      folder.remove();
    },
  };
}
