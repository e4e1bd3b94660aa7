import { canonicalJson } from '../hash.ts';
import { hostnameOf, isHeadless, targetOf } from './backends.ts';
import type { Backend } from './backends.ts';
import type { Endpoints, EndpointAddress, EndpointSubset, Service } from '#api/schema/kinds.generated';

const MAX_ADDRESSES = 1_000;
export const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

/** The elder form of the same: one object a service, addresses grouped by the ports that they share. */
export function endpointsOf(service: Service, backends: Backend[]): Endpoints {
  const { name = '', namespace, labels } = service.metadata;
  const usable = backends.filter((backend) => isListed(service, backend));
  const subsets = subsetsOf(service, usable.slice(0, MAX_ADDRESSES));
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller', ...(isHeadless(service) ? { 'service.kubernetes.io/headless': '' } : {}) },
      ...(usable.length > MAX_ADDRESSES ? { annotations: { [OVER_CAPACITY]: 'truncated' } } : {}),
    },
    ...(subsets.length === 0 ? {} : { subsets }),
  };
}

// A pod on its way out is not listed; where ports are asked for, one that has none of them is not either.
function isListed(service: Service, { isTerminating, ports, addresses }: Backend): boolean {
  if (addressOf(service, addresses) === undefined) return false;
  if (isTerminating && service.spec?.publishNotReadyAddresses !== true) return false;
  return ports.length > 0 || (isHeadless(service) && (service.spec?.ports ?? []).length === 0);
}

function subsetsOf(service: Service, backends: Backend[]): EndpointSubset[] {
  const groups = new Map<string, Required<Pick<EndpointSubset, 'addresses' | 'notReadyAddresses'>> & EndpointSubset>();
  for (const backend of backends) {
    const key = canonicalJson(backend.ports);
    const group = groups.get(key) ?? { addresses: [], notReadyAddresses: [], ports: backend.ports.map(({ name, ...port }) => ({ ...(name ? { name } : {}), ...port, port: port.port ?? 0 })) };
    const isReady = backend.isReady || service.spec?.publishNotReadyAddresses === true;
    (isReady ? group.addresses : group.notReadyAddresses).push(addressEntry(service, backend));
    groups.set(key, group);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => tidied(group));
}

function addressEntry(service: Service, { pod, addresses }: Backend): EndpointAddress {
  const hostname = hostnameOf(service, pod);
  return {
    ip: addressOf(service, addresses) ?? '',
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: targetOf(pod),
  };
}

function addressOf(service: Service, addresses: Backend['addresses']): string | undefined {
  return addresses[service.spec?.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4'];
}

function tidied({ addresses, notReadyAddresses, ports }: EndpointSubset): EndpointSubset {
  const sorted = (list: EndpointAddress[] = []): EndpointAddress[] => [...list].sort((a, b) => (a.ip < b.ip ? -1 : 1));
  return {
    ...(addresses?.length ? { addresses: sorted(addresses) } : {}),
    ...(notReadyAddresses?.length ? { notReadyAddresses: sorted(notReadyAddresses) } : {}),
    ...(ports?.length ? { ports } : {}),
  };
}
