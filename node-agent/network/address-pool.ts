import { numberToAddress, parseRange, sizeOf } from '#api/ipv4';

/**
 * Addresses of a range, one for each owner. Given out in rotation, so that an address is not somebody else's a moment after it
 * was freed: clients and conntrack may still remember it.
 */
export interface AddressPool {
  /** The owner's own address, the same at every call; undefined when the range is used up. */
  allocate(owner: string): string | undefined;
  /** An address that the owner has from before. */
  hold(owner: string, address: string): void;
  release(owner: string): void;
}

export function createAddressPool(cidr: string): AddressPool {
  const ownerOf = new Map<string, string>();
  const addressOf = new Map<string, string>();
  // The first address names the network and the last is its broadcast: neither is given to a pod.
  const range = parseRange(cidr);
  const size = sizeOf(range) - 2;
  let next = 0;

  const hold = (owner: string, address: string) => {
    ownerOf.set(address, owner);
    addressOf.set(owner, address);
  };

  return {
    allocate(owner) {
      const held = addressOf.get(owner);
      if (held !== undefined) return held;
      for (let tried = 0; tried < size; tried++) {
        const address = numberToAddress(range.base + 1 + next);
        next = (next + 1) % size;
        if (ownerOf.has(address)) continue;
        hold(owner, address);
        return address;
      }
      return undefined;
    },
    hold,
    release(owner) {
      const address = addressOf.get(owner);
      if (address === undefined) return;
      addressOf.delete(owner);
      ownerOf.delete(address);
    },
  };
}
