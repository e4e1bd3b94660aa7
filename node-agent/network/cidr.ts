export interface Cidr {
  base: number;
  bits: number;
}

/** IPv4 only; throws on anything that is not ADDRESS/BITS. */
export function parseCidr(text: string): Cidr {
  const [address = '', bits = ''] = text.split('/');
  const octets = address.split('.').map(Number);
  const valid = octets.length === 4 && octets.every((o) => Number.isInteger(o) && o >= 0 && o <= 255) && /^\d+$/.test(bits) && Number(bits) <= 32;
  if (!valid) throw new Error(`not an IPv4 range: ${text}`);
  return { base: octets.reduce((sum, octet) => sum * 256 + octet, 0), bits: Number(bits) };
}

export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
