import type { PodNetwork } from './pod-network.ts';

/** Addresses out of the pod CIDR and nothing behind them; bounded by its size. */
export function simulatedNetwork(podCidr: string): PodNetwork {
  const [base = '10.244.0.0', bits = '24'] = podCidr.split('/');
  const first = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const taken = new Map<string, number>();
  const used = new Set<number>();
  let next = 2;

  const allocate = (podUid: string): string => {
    const known = taken.get(podUid);
    if (known !== undefined) return dotted(first + known);
    for (let tries = 0; tries < size; tries += 1, next = next + 1 >= size - 1 ? 2 : next + 1) {
      if (used.has(next)) continue;
      taken.set(podUid, next);
      used.add(next);
      return dotted(first + next);
    }
    throw new Error(`no address is left in ${podCidr}`);
  };
  return {
    allocate: async (podUid) => allocate(podUid),
    setup: async () => undefined,
    withdrawn: async () => undefined,
    teardown: async (podUid) => {
      const offset = taken.get(podUid);
      if (offset !== undefined) used.delete(offset);
      taken.delete(podUid);
    },
    adopt: async () => undefined,
    removeAll: async () => undefined,
    dns: undefined,
  };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
