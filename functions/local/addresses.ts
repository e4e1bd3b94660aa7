import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { type Ipv4Range, overlap, parseRange } from '#api/ipv4';
import { hold } from './held-name.ts';

/**
 * The address ranges of one cluster. Two clusters on one machine must not share any, and none may cover what the host already
 * reaches, so each takes one of 256 slots that is free of the host's own routes.
 */
export interface AddressRanges {
  podCidr: string; // /18: a /24 for each of 64 workers
  serviceCidr: string; // /20
  loadBalancerCidr: string; // /24
}

const SLOTS = 256;

/**
 * `start` spreads clusters over the slots, so that two folders that are made while none runs rarely meet. The slot stays this process's choice
 * while that lives: until its agent has made its routes, nothing else on the host shows that it is taken.
 */
export async function chooseRanges(start: number): Promise<AddressRanges> {
  for (let i = 0; i < SLOTS; i++) {
    const slot = (start + i) % SLOTS;
    const held = await hold(`addresses-${slot}`);
    if (held === undefined) continue;
    const ranges = rangesOfSlot(slot);
    if (isUnrouted(ranges, hostRoutes())) return ranges;
    await held.release();
  }
  throw new Error('no free address range for pods and Services: the host routes all of 10.64.0.0/10 to 10.255.0.0/16');
}

/** The address that other machines and pods reach this host by: the first non-internal IPv4 one, if the host has a network. */
export function hostAddress(): string | undefined {
  return hostAddresses().find((address) => !address.startsWith('127.'));
}

export function hostAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [...all.filter((a) => a.family === 'IPv4' && !a.internal).map((a) => a.address), '127.0.0.1'];
}

function rangesOfSlot(slot: number): AddressRanges {
  const second = slot >> 2;
  const third = (slot & 3) << 6;
  return { podCidr: `10.${64 + second}.${third}.0/18`, serviceCidr: `10.${128 + second}.${third}.0/20`, loadBalancerCidr: `10.${192 + second}.${third}.0/24` };
}

function isUnrouted(ranges: AddressRanges, routes: Ipv4Range[]): boolean {
  return Object.values(ranges).every((cidr: string) => !routes.some((route) => overlap(parseRange(cidr), route)));
}

// /proc/net/route: little-endian hexadecimal; the default route covers everything and says nothing about use.
function hostRoutes(): Ipv4Range[] {
  return readFileSync('/proc/net/route', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter((fields) => fields.length > 7 && fields[7] !== '00000000')
    .map((fields) => ({ base: fromLittleEndian(fields[1] ?? ''), bits: bitCount(fromLittleEndian(fields[7] ?? '')) }));
}

function fromLittleEndian(hex: string): number {
  return Buffer.from(hex, 'hex').reverse().readUInt32BE(0);
}

function bitCount(mask: number): number {
  return mask.toString(2).replaceAll('0', '').length;
}
