import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '#client/api-client';
import { startEmulator, type Emulator, type EmulatorOptions } from './emulator.ts';
import { joinNode } from './node.ts';
import { openPatientClient } from './patient-client.ts';

/** Whose calls are struck, by the beginning of their names in the template. */
export const FUNCTIONS = ['Api', 'Dispatch', 'Worker', 'Tick'];

export interface FaultAccount {
  emulator: Emulator;
  client: ApiClient;
  close(): Promise<void>;
}

const TICK_SECONDS = 2;
const LOOK_INTERVAL_SECONDS = 10;

/** An account in which many small lives are struck: with a worker, frequent ticks, and messages that come back as soon as their function has failed. */
export async function openFaultAccount(options: Pick<EmulatorOptions, 'template' | 'dataDir' | 'dynamodbUrl' | 'faults' | 'observe'>): Promise<FaultAccount> {
  mkdirSync(options.dataDir);
  const emulator = await startEmulator({ ...options, tickSeconds: TICK_SECONDS, hurries: true });
  const { url, caFile, adminToken, clusterUid } = emulator;
  const node = await joinNode({ name: 'worker', runtime: 'simulated', lookIntervalSeconds: LOOK_INTERVAL_SECONDS, folder: join(options.dataDir, 'node'), clusterUid, server: { url, caFile, adminToken } });
  const { client, close } = openPatientClient(emulator);
  return {
    emulator,
    client,
    async close() {
      close();
      await node.stop();
      await emulator.close();
    },
  };
}
