import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { openEmbeddedTable } from '#adapters/embedded/open';
import { createNodeChannel } from '#adapters/in-process/node-channel';
import { createRelay } from '#adapters/in-process/relay';
import { createSigner } from '#adapters/signer/key-file-signer';
import { systemClock } from '#adapters/system/clock';
import { rememberingDigest, systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import { createControllers } from '#controllers/registry';
import { createLoop } from '#controllers/runtime/loop';
import { createResident } from '#controllers/runtime/resident';
import { servedKinds } from '#controllers/served-kinds';
import { addressRange, dnsAddress } from '#core/service-addresses';
import { controllerAdmission } from '#server/admission/controller-admission';
import { createApp } from '#server/app';
import { bootstrapCluster } from '#server/bootstrap/bootstrap';
import type { ServerConfig, ServerDeps } from '#server/deps';
import { openObjectStore } from '#store/open';
import { urlOf } from './admin-client.ts';
import { hostAddress, hostAddresses } from './addresses.ts';
import { ensureKubeconfig, ensureNodeToken } from './credentials.ts';
import type { Cluster, DataFolder } from './data-folder.ts';
import { exchangeHttp } from './http-exchange.ts';
import { listenHttps } from './https-server.ts';
import { report } from './log.ts';
import { loadPki } from './pki.ts';

const ISSUER = 'https://kubernetes.default.svc';
const DOMAIN = 'cluster.local';
const TICK_MS = 10_000;
// client-go's informers ask for 5 to 10 minutes themselves; kubectl's `get -w` asks for nothing and ends silently when we do.
const WATCH = { maxDurationMs: 24 * 3_600_000, defaultDurationMs: 3_600_000, maxWatches: 10_000, clientsLeaveUnheard: false, bookmarkIntervalMs: 60_000 };

export interface ControlPlane {
  /** What an agent of this machine is told on its command line; its token only by the name of a file. */
  agentArguments(node: string): Promise<string[]>;
  close(): Promise<void>;
}

/** Composes the control plane in this process and listens. */
export async function startControlPlane(folder: DataFolder, cluster: Cluster): Promise<ControlPlane> {
  const pki = await loadPki(folder, { clusterUid: cluster.uid, names: servingNames(cluster), nowMs: systemClock.now() });
  const embedded = openEmbeddedTable({ folder: folder.table, clock: systemClock });
  const store = openObjectStore({ table: embedded.table, cluster: cluster.uid, clock: systemClock, ids: systemIds, wakeup: embedded.wakeup });
  const resident = createResident({ clock: systemClock, onError: (error) => report({ what: 'the loop', error }) });
  const nodeChannel = createNodeChannel(systemClock);
  const relay = createRelay({ nodeChannel, clock: systemClock, ids: systemIds });
  const deps: ServerDeps = {
    store,
    table: embedded.table,
    clock: systemClock,
    ids: systemIds,
    digest: rememberingDigest(systemDigest),
    signer: createSigner([pki.signingKey]),
    doorbell: resident,
    nodeChannel,
    relay,
    relayDoor: relay,
    exchangeHttp,
    gzip: promisify(gzip),
    report,
    config: configOf(cluster),
  };
  // On a host without any network, pods come to the API by the one address that every node of this machine has.
  await bootstrapCluster(deps, { apiAddress: { ip: hostAddress() ?? dnsAddress(cluster.serviceCidr), port: cluster.port } });
  await ensureKubeconfig(folder, { ...deps, cluster: cluster.uid }, { url: urlOf(cluster), authority: pki.authority });

  const loop = createLoop({
    store,
    table: embedded.table,
    controllers: createControllers({ rootCa: pki.authority, loadBalancerCidr: cluster.loadBalancerCidr }),
    clock: systemClock,
    nodeChannel,
    doorbell: resident,
    admit: controllerAdmission(deps),
    onError: ({ controller, key, error }) => report({ what: `${controller} ${key}`, error }),
  });
  resident.attach(loop);
  const ended = new AbortController();
  const ticking = keepTicking(() => loop.tick(), ended.signal);
  const https = await listenHttps({ handler: createApp(deps).fetch, serving: pki.serving, port: cluster.port, host: '0.0.0.0' });

  return {
    async agentArguments(node) {
      const tokenFile = await ensureNodeToken(folder, { ...deps, cluster: cluster.uid }, node);
      return ['--server', urlOf(cluster), '--node', node, '--token-file', tokenFile, '--ca-file', join(folder.pki, 'ca.crt'), '--data-dir', folder.worker(node), '--runtime', cluster.runtime];
    },
    async close() {
      ended.abort();
      await https.close();
      await Promise.all([resident.stop(), ticking]);
      await embedded.close();
    },
  };
}

function configOf(cluster: Cluster): ServerConfig {
  return {
    issuer: ISSUER,
    externalUrl: urlOf(cluster),
    serviceCidr: cluster.serviceCidr,
    podCidr: cluster.podCidr,
    loadBalancerCidr: cluster.loadBalancerCidr,
    clusterDomain: DOMAIN,
    nodePorts: { from: 30_000, to: 32_767 },
    maxNodeRequests: 16,
    servedKinds,
    watch: WATCH,
    serviceAccountAdmission: true,
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
