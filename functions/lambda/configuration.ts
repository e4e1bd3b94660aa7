import type { ClusterNetwork } from '#api/management/schemas';
import { servedKinds } from '#controllers/served-kinds';
import { issuerOf } from '#server/authenticate/service-account-token';
import type { ServerConfig } from '#server/deps';
import { TIMEOUTS } from './names.ts';

/** Of the cluster that an installation begins with. Clusters' networks are their nodes' own: they overlap with nothing of the account's. */
export const DEFAULT_NETWORK: ClusterNetwork = { podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16', loadBalancerCidr: '10.97.0.0/24' };

// Time to write the last bookmark before Lambda cuts the stream.
const END_BEFORE_TIMEOUT_MS = 60_000;

// Of what the account may run at once. The rest is for the loop's three functions and for whoever asks: Lambda refuses a request that
// it has no room for with a 429 that names no time to wait, and kubectl does not repeat it.
const WATCHES_SHARE = 0.3;
const NODE_SHARE = 0.2;
const RELAY_SHARE = 0.3;
const MAX_WATCHES = 50; // their seats are one record, written with each watch
const MAX_NODE_REQUESTS = 16;
const MAX_PIECES = 8;

/** How much of one relay session's direction is under way: each piece is an invocation. */
export function piecesInFlight(accountConcurrency: number): number {
  return shareOf(accountConcurrency, RELAY_SHARE, MAX_PIECES);
}

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
    maxNodeRequests: shareOf(accountConcurrency, NODE_SHARE, MAX_NODE_REQUESTS),
    servedKinds,
    serviceAccountAdmission: true,
    watch: {
      // An abandoned watch costs this much; it gives way to others long before.
      maxDurationMs: 60_000,
      defaultDurationMs: TIMEOUTS.api * 1000 - END_BEFORE_TIMEOUT_MS,
      maxWatches: shareOf(accountConcurrency, WATCHES_SHARE, MAX_WATCHES),
      clientsLeaveUnheard: true,
      bookmarkIntervalMs: 30_000,
    },
  };
}

function shareOf(accountConcurrency: number, part: number, most: number): number {
  return Math.min(most, Math.max(1, Math.floor(accountConcurrency * part)));
}
