import type { ClusterNetwork } from '#api/management/schemas';
import { servedKinds } from '#controllers/served-kinds';
import { issuerOf } from '#server/authenticate/service-account-token';
import type { ServerConfig } from '#server/deps';
import { TIMEOUTS } from './names.ts';
import { heldWatches, nodeRequests } from './shares.ts';

/** Of the cluster that an installation begins with. Clusters' networks are their nodes' own: they overlap with nothing of the account's. */
export const DEFAULT_NETWORK: ClusterNetwork = { podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16', loadBalancerCidr: '10.97.0.0/24' };

// Time to write the last bookmark before Lambda cuts the stream.
const END_BEFORE_TIMEOUT_MS = 60_000;

export interface ConfiguredCluster {
  cluster: string;
  network: ClusterNetwork;
  /** The function's own address is told by each request, and by nothing in the template. */
  externalUrl: string;
  accountConcurrency: number;
}

/** What a cluster's API server is told. */
export function serverConfig({ cluster, network, externalUrl, accountConcurrency }: ConfiguredCluster): ServerConfig {
  return {
    issuer: issuerOf(cluster),
    externalUrl,
    ...network,
    clusterDomain: 'cluster.local',
    nodePorts: { from: 30_000, to: 32_767 },
    maxNodeRequests: nodeRequests(accountConcurrency),
    servedKinds,
    serviceAccountAdmission: true,
    watch: {
      // An abandoned watch costs this much; it gives way to others long before.
      maxDurationMs: 60_000,
      defaultDurationMs: TIMEOUTS.api * 1000 - END_BEFORE_TIMEOUT_MS,
      maxWatches: heldWatches(accountConcurrency),
      clientsLeaveUnheard: true,
      bookmarkIntervalMs: 30_000,
    },
  };
}
