/** IPv4 addresses and ranges, for all who read or count them. An address as a number is from 0 to 2^32 - 1. */
export interface Ipv4Range {
  /** The range's first address. */
  base: number;
  bits: number;
}

const OCTET = /^\d{1,3}$/;

/** Four octets in decimal; leading zeros are let pass, as older Kubernetes objects may have them. */
export function isIpv4(text: string): boolean {
  const octets = text.split('.');
  return octets.length === 4 && octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255);
}

/** Written in more than one way: some programs read an octet that begins with 0 as octal. */
export function hasLeadingZero(text: string): boolean {
  return isIpv4(text) && text.split('.').some((octet) => octet.length > 1 && octet.startsWith('0'));
}

export function addressToNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

export function numberToAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** `ADDRESS/BITS`, of which the address may be any of the range; throws on anything else. */
export function parseRange(cidr: string): Ipv4Range {
  const [address = '', bits = '', ...rest] = cidr.split('/');
  if (!isIpv4(address) || !/^\d{1,2}$/.test(bits) || Number(bits) > 32 || rest.length > 0) throw new Error(`not an IPv4 range: ${cidr}`);
  const size = sizeOf({ base: 0, bits: Number(bits) });
  return { base: Math.floor(addressToNumber(address) / size) * size, bits: Number(bits) };
}

export function sizeOf({ bits }: Ipv4Range): number {
  return 2 ** (32 - bits);
}

export function overlap(a: Ipv4Range, b: Ipv4Range): boolean {
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}
