import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { openEmbeddedTable } from '#adapters/embedded/open';
import { createNodeChannel } from '#adapters/in-process/node-channel';
import { createRelay } from '#adapters/in-process/relay';
import { createSigner } from '#adapters/signer/key-file-signer';
import { systemClock } from '#client/clock';
import { rememberingDigest, systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import { RANGE_SLOTS } from '#core/cluster-ranges';
import { addressRange, dnsAddress } from '#core/service-addresses';
import { DEFAULT_CLUSTER, ensureCluster, listClusters } from '#server/management/cluster-records';
import { createInstallation } from '#server/management/installation';
import { clusterPath } from '#server/management/open-clusters';
import { purgeRemoved } from '#server/management/purge';
import { urlOf } from './admin-client.ts';
import { chooseRanges, hostAddress, hostAddresses } from './addresses.ts';
import { createLocalClusters, DOMAIN } from './clusters.ts';
import { ensureKubeconfig, ensureNodeToken } from './credentials.ts';
import type { Cluster, DataFolder } from './data-folder.ts';
import { exchangeHttp } from './http-exchange.ts';
import { listenHttps } from './https-server.ts';
import { report } from './log.ts';
import { loadPki } from './pki.ts';

const TICK_MS = 10_000;
const PURGE_MS = 1_000;
// Each has its caches and its loop in this process.
const MAX_CLUSTERS = 200;

export interface ControlPlane {
  /** What an agent of this machine is told on its command line; its token only by the name of a file. */
  agentArguments(node: string): Promise<string[]>;
  close(): Promise<void>;
}

/** Composes the installation in this process, with the machine's cluster as its first one, and listens. */
export async function startControlPlane(folder: DataFolder, cluster: Cluster): Promise<ControlPlane> {
  const pki = await loadPki(folder, { clusterUid: cluster.uid, names: servingNames(cluster), nowMs: systemClock.now() });
  const embedded = openEmbeddedTable({ folder: folder.table, clock: systemClock });
  const { table, wakeup } = embedded;
  const nodeChannel = createNodeChannel(systemClock);
  const relay = createRelay({ nodeChannel, clock: systemClock, ids: systemIds });
  const system = { table, clock: systemClock, ids: systemIds, digest: rememberingDigest(systemDigest), report };
  const clusters = createLocalClusters({
    ports: { ...system, signer: createSigner([pki.signingKey]), nodeChannel, relay, relayDoor: relay, exchangeHttp, gzip: promisify(gzip) },
    wakeup,
    rootCa: pki.authority,
    // On a host without any network, pods come to the API by the one address that every node of this machine has.
    apiAddress: { ip: hostAddress() ?? dnsAddress(cluster.serviceCidr), port: cluster.port },
  });
  const { podCidr, serviceCidr, loadBalancerCidr } = cluster;
  await ensureCluster(system, { name: DEFAULT_CLUSTER, uid: cluster.uid, owner: 'admin', network: { podCidr, serviceCidr, loadBalancerCidr } });
  // All of them: what is due in them does not wait for somebody to ask.
  await Promise.all((await listClusters(system)).map((record) => clusters.open(record, urlOf(cluster) + clusterPath(record.name))));
  const installation = createInstallation({
    ...system,
    home: 'local',
    limits: { clusters: MAX_CLUSTERS, openClusters: MAX_CLUSTERS },
    authority: pki.authority,
    chooseNetwork: (taken) => chooseRanges(randomInt(RANGE_SLOTS), taken),
    openCluster: clusters.open,
    closeCluster: clusters.stop,
  });
  const tokens = { ...system, cluster: cluster.uid };
  const serverUrl = urlOf(cluster) + clusterPath(DEFAULT_CLUSTER);
  await ensureKubeconfig(folder, tokens, { url: serverUrl, authority: pki.authority });

  const ended = new AbortController();
  const ticking = keepTicking(async () => {
    await clusters.tick();
    await purgeRemoved(system, { untilMs: systemClock.now() + PURGE_MS });
  }, ended.signal);
  const https = await listenHttps({ handler: installation.fetch, serving: pki.serving, port: cluster.port, host: '0.0.0.0' });

  return {
    async agentArguments(node) {
      const tokenFile = await ensureNodeToken(folder, tokens, node);
      return ['--server', serverUrl, '--node', node, '--token-file', tokenFile, '--ca-file', join(folder.pki, 'ca.crt'), '--data-dir', folder.worker(node), '--runtime', cluster.runtime];
    },
    async close() {
      ended.abort();
      await https.close();
      await Promise.all([clusters.stopAll(), ticking]);
      await embedded.close();
    },
  };
}

// Every name and address by which a client may come: the host's own, and those that pods know.
function servingNames(cluster: Cluster): string[] {
  const inCluster = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${DOMAIN}`, addressRange(cluster.serviceCidr).at(0)];
  return ['localhost', ...hostAddresses(), ...inCluster];
}

// Node heartbeats are judged at each tick; everything else is woken by its commit.
async function keepTicking(tick: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await systemClock.sleep(TICK_MS, signal);
    if (!signal.aborted) await tick().catch((error: unknown) => report({ what: 'the tick', error }));
  }
}
