import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { type Ipv4Range, overlap, parseRange } from '#api/ipv4';
import type { ClusterNetwork } from '#api/management/schemas';
import { RANGE_SLOTS, rangesOfSlot, share } from '#core/cluster-ranges';
import { hold } from './held-name.ts';

/**
 * The address ranges of one cluster: a slot that is free of the host's own routes, which no cluster may cover, and of those that are `taken`.
 *
 * `start` spreads clusters over the slots, so that two folders that are made while none runs rarely meet. The slot stays this process's choice
 * while that lives: until its agent has made its routes, nothing else on the host shows that it is taken.
 */
export async function chooseRanges(start: number, taken: ClusterNetwork[] = []): Promise<ClusterNetwork> {
  for (let i = 0; i < RANGE_SLOTS; i++) {
    const slot = (start + i) % RANGE_SLOTS;
    const held = await hold(`addresses-${slot}`);
    if (held === undefined) continue;
    const ranges = rangesOfSlot(slot);
    if (isUnrouted(ranges, hostRoutes()) && !taken.some((other) => share(ranges, other))) return ranges;
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

function isUnrouted(ranges: ClusterNetwork, routes: Ipv4Range[]): boolean {
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
