import type { PodNetwork } from './pod-network.ts';

/** Sandboxes keep to themselves: only loopback. */
export function noNetwork(): PodNetwork {
  return {
    allocate: async () => undefined,
    setup: async () => undefined,
    teardown: async () => undefined,
    adopt: async () => undefined,
    removeAll: async () => undefined,
    dns: undefined,
  };
}
