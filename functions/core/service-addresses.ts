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

/** Neither the network's own address nor the last one is given. */
export function addressRange(cidr: string): AddressRange {
  const [base = '', bits = ''] = cidr.split('/');
  const total = 2 ** (32 - Number(bits));
  const first = Math.floor(toNumber(base) / total) * total + 1;
  const size = Math.max(0, total - 2);
  return {
    size,
    at: (n) => toAddress(first + n),
    contains: (address) => isAddress(address) && toNumber(address) >= first && toNumber(address) < first + size,
    firstDynamic: Math.min(Math.max(16, Math.floor(total / 16)), 256, Math.max(0, size - 1)),
  };
}

export function isAddress(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
