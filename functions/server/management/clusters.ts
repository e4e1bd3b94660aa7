import { contextOf, kubeconfigOf } from '#api/management/kubeconfig';
import type { Cluster } from '#api/management/schemas';
import { formatTime } from '#api/time';
import type * as z from 'zod';
import { VERSION, ZEROPLANE_VERSION } from '../version.ts';
import { DEFAULT_CLUSTER, listClusters, removeCluster, requireCluster, storeCluster, type ClusterRecord } from './cluster-records.ts';
import type { InstallationDeps } from './deps.ts';
import { MAX_JOIN_TOKENS } from './joins.ts';
import type { Handlers } from './handlers.ts';
import { ManagementError } from './management-error.ts';
import { clusterPath, type OpenClusters } from './open-clusters.ts';
import { purgeRemoved, revokeAll } from './purge.ts';
import { issueToken, MAX_TOKENS } from './tokens.ts';

// A cluster that was used lightly is gone by then; what is left is the tick's.
const PURGE_MS = 2_000;

export function clusterHandlers(deps: InstallationDeps, clusters: OpenClusters): Handlers<'getInstallation' | 'listClusters' | 'createCluster' | 'getCluster' | 'deleteCluster' | 'getKubeconfig'> {
  return {
    getInstallation: async () => ({
      version: { zeroplane: ZEROPLANE_VERSION, kubernetes: VERSION.gitVersion },
      home: deps.home,
      ...(deps.region === undefined ? {} : { region: deps.region }),
      limits: { clusters: deps.limits.clusters, tokensPerCluster: MAX_TOKENS, joinTokensPerCluster: MAX_JOIN_TOKENS },
    }),
    listClusters: async (_, { origin }) => ({ items: (await listClusters(deps)).map((record) => clusterOf(record, origin)) }),

    async createCluster({ body }, { caller, origin }) {
      const there = await listClusters(deps);
      if (there.length >= deps.limits.clusters) throw new ManagementError('LimitReached', `this installation has its ${deps.limits.clusters} clusters`);
      const network = await deps.chooseNetwork(there.map((record) => record.network));
      const record: ClusterRecord = { name: body.name, uid: deps.ids.uuid(), owner: body.owner ?? caller.owner, createdAtMs: deps.clock.now(), network };
      await storeCluster(deps, record);
      await clusters.open(record, origin); // makes what every cluster has
      return clusterOf(record, origin);
    },

    getCluster: async ({ params }, { origin }) => clusterOf(await requireCluster(deps, params.cluster), origin),

    async deleteCluster({ params }, { origin }) {
      if (params.cluster === DEFAULT_CLUSTER) throw new ManagementError('Forbidden', `the cluster "${DEFAULT_CLUSTER}" is the installation's own and stays`);
      const record = await requireCluster(deps, params.cluster);
      await removeCluster(deps, record);
      clusters.forget(record);
      await revokeAll(deps, record.uid);
      await deps.closeCluster(record.uid);
      await purgeRemoved(deps, { untilMs: deps.clock.now() + PURGE_MS });
      return clusterOf(record, origin);
    },

    async getKubeconfig({ params, query }, { caller, origin }) {
      const record = await requireCluster(deps, params.cluster);
      const admin = { user: 'kubernetes-admin', groups: ['system:masters'], owner: caller.owner, description: 'kubeconfig' };
      const { token } = await issueToken(deps, record.uid, { ...admin, expiresInSeconds: query.expiresInSeconds });
      return kubeconfigOf({ name: contextOf(record.name), url: origin + clusterPath(record.name), authority: deps.authority, token });
    },
  };
}

function clusterOf({ name, uid, owner, createdAtMs, network }: ClusterRecord, origin: string): z.infer<typeof Cluster> {
  return { name, uid, owner, createdAt: formatTime(createdAtMs), server: origin + clusterPath(name), network };
}
