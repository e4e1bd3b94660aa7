import { readFileSync } from 'node:fs';
import { systemClock } from '#client/clock';
import { ApiClient } from '#client/api-client';
import { httpsTransport } from '#client/https-transport';
import { patientTransport } from '#client/patient-transport';
import type { Emulator } from './emulator.ts';

/** The administrator's, who repeats what was refused for now. */
export function openPatientClient({ url, caFile, adminToken }: Pick<Emulator, 'url' | 'caFile' | 'adminToken'>): { client: ApiClient; close(): void } {
  const transport = httpsTransport({ server: url, ca: readFileSync(caFile, 'utf8'), token: adminToken });
  const send = patientTransport({ send: transport.send, maxParallel: 2, sleep: systemClock.sleep, chance: Math.random });
  return { client: new ApiClient(send), close: () => transport.close() };
}
