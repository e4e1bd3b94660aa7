import { openEmbeddedTable } from '#adapters/embedded/open';
import { createNodeChannel } from '#adapters/in-process/node-channel';
import { createRelay } from '#adapters/in-process/relay';
import { createSigner, createSigningKey } from '#adapters/signer/key-file-signer';
import { systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import { freeRanges } from '#core/cluster-ranges';
import type { Table } from '#ports/table';
import { createApp } from '#server/app';
import { issueApiToken } from '#server/authenticate/api-token';
import { bootstrapCluster } from '#server/bootstrap/bootstrap';
import { INSTALLATION } from '#server/management/claims';
import { ensureCluster } from '#server/management/cluster-records';
import type { InstallationDeps } from '#server/management/deps';
import { createInstallation } from '#server/management/installation';
import { openObjectStore } from '#store/open';
import { requestOf, TEST_CONFIG, type RequestOptions } from './api-server.ts';
import { shiftedClock, type ShiftedClock } from './clock.ts';
import { volatileFolder } from './folder.ts';

/** An installation with its first cluster over the embedded table, in this process. */
export interface TestInstallation {
  table: Table;
  clock: ShiftedClock;
  adminToken: string;
  /** By the installation's administrator where no token is said. */
  ask(method: string, path: string, options?: RequestOptions): Promise<{ status: number; json: unknown; text: string }>;
  failures: { what: string; error: unknown }[];
  /** As another process has it that serves the same table. */
  another(): Pick<TestInstallation, 'ask'>;
  close(): Promise<void>;
}

export async function startInstallation(limits: Partial<InstallationDeps['limits']> = {}): Promise<TestInstallation> {
  const folder = volatileFolder('installation');
  const clock = shiftedClock();
  const { table, wakeup, close } = openEmbeddedTable({ folder: folder.path, clock });
  const failures: TestInstallation['failures'] = [];
  const nodeChannel = createNodeChannel(clock);
  const relay = createRelay({ nodeChannel, clock, ids: systemIds });
  const signer = createSigner([await createSigningKey()]);
  const common = { table, clock, ids: systemIds, digest: systemDigest, report: (failure: { what: string; error: unknown }) => void failures.push(failure) };
  const deps: InstallationDeps = {
    ...common,
    home: 'local',
    limits: { clusters: 6, openClusters: 3, ...limits },
    chooseNetwork: (taken) => freeRanges(taken, 7),
    async openCluster({ uid, network }, externalUrl) {
      const store = openObjectStore({ table, cluster: uid, clock, ids: systemIds, wakeup });
      const config = { ...TEST_CONFIG, ...network, externalUrl, issuer: `https://kubernetes.default.svc/${uid}` };
      const server = { ...common, store, signer, doorbell: { ring: async () => undefined }, nodeChannel, relay, relayDoor: relay, config };
      await bootstrapCluster(server, { apiAddress: { ip: '10.0.0.1', port: 6443 } });
      return createApp(server);
    },
    closeCluster: async () => undefined,
  };
  await ensureCluster(deps, { name: 'default', uid: systemIds.uuid(), owner: 'admin', network: freeRanges([], 0) });
  const adminToken = await issueApiToken({ ...common, cluster: INSTALLATION }, { user: 'installation-admin', groups: [], owner: 'admin' });
  const asker = (): TestInstallation['ask'] => {
    const installation = createInstallation(deps);
    return async (method, path, options) => {
      const response = await installation.fetch(requestOf(method, path, { token: adminToken, ...options }));
      const text = await response.text();
      return { status: response.status, text, json: text.startsWith('{') && !text.includes('}\n{') ? (JSON.parse(text) as unknown) : undefined };
    };
  };
  return {
    table,
    clock,
    adminToken,
    ask: asker(),
    failures,
    another: () => ({ ask: asker() }),
    close: async () => {
      await close();
      folder.remove();
    },
  };
}
