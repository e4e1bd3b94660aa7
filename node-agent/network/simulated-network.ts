import { createAddressPool } from './address-pool.ts';
import type { PodNetwork } from './pod-network.ts';

/** Addresses out of the pod CIDR and nothing behind them; bounded by its size. */
export function simulatedNetwork(podCidr: string): PodNetwork {
  const pool = createAddressPool(podCidr);
  return {
    allocate: async (podUid) => {
      const address = pool.allocate(podUid);
      if (address === undefined) throw new Error(`no address is left in ${podCidr}`);
      return address;
    },
    setup: async () => undefined,
    withdrawn: async () => undefined,
    teardown: async (podUid) => pool.release(podUid),
    adopt: async (pods) => {
      for (const pod of pods) pool.hold(pod.podUid, pod.ip);
    },
    removeAll: async () => undefined,
    dns: undefined,
  };
}
