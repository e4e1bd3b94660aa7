import { overlap, parseRange, type Ipv4Range } from '#api/ipv4';
import type { ClusterNetwork } from '#api/management/schemas';

/** Clusters that have nodes on one machine must not share addresses, so each takes one of these slots of the private range 10.0.0.0/8. */
export const RANGE_SLOTS = 256;

/** For pods a /18, which is a /24 for each of 64 nodes; for Services a /20; for load balancers a /24. */
export function rangesOfSlot(slot: number): ClusterNetwork {
  const second = slot >> 2;
  const third = (slot & 3) << 6;
  return { podCidr: `10.${64 + second}.${third}.0/18`, serviceCidr: `10.${128 + second}.${third}.0/20`, loadBalancerCidr: `10.${192 + second}.${third}.0/24` };
}

/** The first slot from `start` on that is free. When none is, any: whoever has more clusters than that has more than one machine. */
export function freeRanges(taken: ClusterNetwork[], start: number): ClusterNetwork {
  const others = taken.flatMap(rangesOf);
  const slots = Array.from({ length: RANGE_SLOTS }, (_, i) => rangesOfSlot((start + i) % RANGE_SLOTS));
  return slots.find((slot) => !overlapAny(rangesOf(slot), others)) ?? rangesOfSlot(start % RANGE_SLOTS);
}

/** Whether any address belongs to both. */
export function share(a: ClusterNetwork, b: ClusterNetwork): boolean {
  return overlapAny(rangesOf(a), rangesOf(b));
}

function rangesOf({ podCidr, serviceCidr, loadBalancerCidr }: ClusterNetwork): Ipv4Range[] {
  return [podCidr, serviceCidr, loadBalancerCidr].map(parseRange);
}

function overlapAny(some: Ipv4Range[], others: Ipv4Range[]): boolean {
  return some.some((one) => others.some((other) => overlap(one, other)));
}
