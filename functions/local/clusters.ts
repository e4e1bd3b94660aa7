import { systemClock } from '#client/clock';
import { systemIds } from '#adapters/system/ids';
import { createControllers } from '#controllers/registry';
import { eachBounded } from '#controllers/runtime/bounded';
import { createLoop, type Loop } from '#controllers/runtime/loop';
import { createResident, type Resident } from '#controllers/runtime/resident';
import { servedKinds } from '#controllers/served-kinds';
import type { NodeChannel } from '#ports/node-channel';
import type { Wakeup } from '#ports/wakeup';
import { controllerAdmission } from '#server/admission/controller-admission';
import { createApp } from '#server/app';
import { issuerOf } from '#server/authenticate/service-account-token';
import { bootstrapCluster } from '#server/bootstrap/bootstrap';
import type { ServerConfig, ServerDeps, ServerPorts } from '#server/deps';
import type { ClusterRecord } from '#server/management/cluster-records';
import type { ClusterServer } from '#server/management/deps';
import { openObjectStore } from '#store/open';
import { report } from './log.ts';

export const DOMAIN = 'cluster.local';
// client-go's informers ask for 5 to 10 minutes themselves; kubectl's `get -w` asks for nothing and ends silently when we do.
const WATCH = { maxDurationMs: 24 * 3_600_000, defaultDurationMs: 3_600_000, maxWatches: 10_000, clientsLeaveUnheard: false, bookmarkIntervalMs: 60_000 };

export interface ClustersOptions {
  ports: Omit<ServerPorts, 'store' | 'doorbell' | 'nodeChannel'> & { nodeChannel: Required<NodeChannel> };
  wakeup: Wakeup;
  rootCa: string;
  /** Where nodes reach this process. */
  apiAddress: { ip: string; port: number };
}

/** The clusters of this process: each one's API server, and its loop, which runs while anything is to do. */
export interface LocalClusters {
  open(record: ClusterRecord, externalUrl: string): Promise<ClusterServer>;
  tick(): Promise<void>;
  stop(uid: string): Promise<void>;
  stopAll(): Promise<void>;
}

interface Running {
  server: ClusterServer;
  loop: Loop;
  resident: Resident;
}

export function createLocalClusters(options: ClustersOptions): LocalClusters {
  const running = new Map<string, Promise<Running>>();
  const stop = async (uid: string): Promise<void> => {
    const stopped = running.get(uid);
    running.delete(uid);
    await (await stopped)?.resident.stop();
  };
  return {
    async open(record, externalUrl) {
      const there = running.get(record.uid) ?? run(options, record, externalUrl);
      running.set(record.uid, there);
      there.catch(() => running.delete(record.uid)); // tried again by the next request
      return (await there).server;
    },
    async tick() {
      const failures = await eachBounded([...running.values()], async (each) => (await each).loop.tick());
      for (const error of failures) report({ what: 'the tick', error });
    },
    stop,
    stopAll: async () => void (await Promise.all([...running.keys()].map(stop))),
  };
}

async function run({ ports, wakeup, rootCa, apiAddress }: ClustersOptions, { uid, network }: ClusterRecord, externalUrl: string): Promise<Running> {
  const { table, nodeChannel } = ports;
  const store = openObjectStore({ table, cluster: uid, clock: systemClock, ids: systemIds, wakeup });
  const resident = createResident({ clock: systemClock, onError: (error) => report({ what: 'the loop', error }) });
  const config: ServerConfig = {
    ...network,
    issuer: issuerOf(uid),
    externalUrl,
    clusterDomain: DOMAIN,
    nodePorts: { from: 30_000, to: 32_767 },
    maxNodeRequests: 16,
    servedKinds,
    watch: WATCH,
    serviceAccountAdmission: true,
  };
  const deps: ServerDeps = { ...ports, store, doorbell: resident, config };
  await bootstrapCluster(deps, { apiAddress });
  const loop = createLoop({
    store,
    table,
    controllers: createControllers({ rootCa, loadBalancerCidr: network.loadBalancerCidr }),
    clock: systemClock,
    nodeChannel,
    doorbell: resident,
    admit: controllerAdmission(deps),
    onError: ({ controller, key, error }) => report({ what: `${controller} ${key}`, error }),
  });
  resident.attach(loop);
  return { server: createApp(deps), loop, resident };
}
