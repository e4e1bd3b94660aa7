import { servedKinds } from '#controllers/served-kinds';
import type { ServerConfig } from '#server/deps';
import { TIMEOUTS } from './names.ts';

// An installation's networks are its nodes' own: they overlap with nothing of the account's.
export const POD_CIDR = '10.244.0.0/16';
export const SERVICE_CIDR = '10.96.0.0/16';
export const LOAD_BALANCER_CIDR = '10.97.0.0/24';

// Time to write the last bookmark before Lambda cuts the stream.
const END_BEFORE_TIMEOUT_MS = 60_000;

/** What the API server of this installation is told; only its address is not known before the first request. */
export function serverConfig(externalUrl: string): ServerConfig {
  return {
    issuer: 'https://kubernetes.default.svc',
    externalUrl,
    serviceCidr: SERVICE_CIDR,
    podCidr: POD_CIDR,
    loadBalancerCidr: LOAD_BALANCER_CIDR,
    clusterDomain: 'cluster.local',
    nodePorts: { from: 30_000, to: 32_767 },
    servedKinds,
    serviceAccountAdmission: true,
    watch: {
      // Informers, `kubectl wait` and `kubectl delete` come again by themselves. The function never hears that a client has left, so an
      // abandoned watch costs this much, and holds one of the account's concurrent executions as long; new accounts have ten.
      maxDurationMs: 20_000,
      defaultDurationMs: TIMEOUTS.api * 1000 - END_BEFORE_TIMEOUT_MS,
      maxWatches: 10,
      bookmarkIntervalMs: 30_000,
    },
  };
}
