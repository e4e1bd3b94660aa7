import type { Service } from '#api/schema/kinds.generated';
import { addressRange } from './service-addresses.ts';

/** Services that want an address of the cluster's own pool: a class of its own is somebody else's to serve (Service.spec.loadBalancerClass). */
export function wantsAddress({ metadata, spec }: Service): boolean {
  return spec?.type === 'LoadBalancer' && spec.loadBalancerClass === undefined && metadata.deletionTimestamp === undefined;
}

export function addressesOf({ status }: Service): string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
}

/**
 * Which address each Service that lacks one gets: the one it asks for when that is of the pool and free, else the lowest free one. undefined: it
 * must wait until one is freed. In the order given, so that the elder Service is served first.
 */
export function assignAddresses(services: Service[], poolCidr: string): Map<Service, string | undefined> {
  const pool = addressRange(poolCidr);
  const taken = new Set(services.filter(wantsAddress).flatMap(addressesOf));
  const lacking = services.filter((service) => wantsAddress(service) && addressesOf(service).length === 0);
  let next = 0;
  const lowest = (): string | undefined => {
    for (; next < pool.size; next++) if (!taken.has(pool.at(next))) return pool.at(next);
    return undefined;
  };
  return new Map(
    lacking.map((service) => {
      const asked = service.spec?.loadBalancerIP;
      const address = asked !== undefined && pool.contains(asked) && !taken.has(asked) ? asked : lowest();
      if (address !== undefined) taken.add(address);
      return [service, address];
    }),
  );
}
