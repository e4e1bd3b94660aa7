import { addressToNumber, hasLeadingZero, isIpv4, numberToAddress, parseRange, sizeOf } from '#api/ipv4';

/** The IPv4 range from which Services get their addresses. */
export interface AddressRange {
  contains(address: string): boolean;
  /** How many addresses there are to give. */
  size: number;
  /** The n-th of them, from 0. */
  at(n: number): string;
  /** Those below are left for addresses that people choose (the API's own, DNS), as Kubernetes does. */
  firstDynamic: number;
}

/** Where cluster DNS listens on every node: the tenth address, by Kubernetes' own custom. */
export function dnsAddress(serviceCidr: string): string {
  return addressRange(serviceCidr).at(9);
}

/** Neither the network's own address nor the last one is given. */
export function addressRange(cidr: string): AddressRange {
  const range = parseRange(cidr);
  const total = sizeOf(range);
  const first = range.base + 1;
  const size = Math.max(0, total - 2);
  return {
    size,
    at: (n) => numberToAddress(first + n),
    contains: (address) => isIpv4(address) && !hasLeadingZero(address) && addressToNumber(address) >= first && addressToNumber(address) < first + size,
    firstDynamic: Math.min(Math.max(16, Math.floor(total / 16)), 256, Math.max(0, size - 1)),
  };
}
