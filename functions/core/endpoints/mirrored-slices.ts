import { controllerReference } from '../owner.ts';
import { MANAGED_BY, SERVICE_NAME, type SliceGroup, type SlicePlan, planSlices, portsKey } from './slice-plan.ts';
import type { Endpoint, Endpoints, EndpointAddress, EndpointSlice, EndpointSubset, Service } from '#api/schema/kinds.generated';

export const MIRROR_MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const NOT_MIRRORED = new Set(['kubectl.kubernetes.io/last-applied-configuration', 'endpoints.kubernetes.io/last-change-trigger-time']);
const MAX_ADDRESSES = 1_000;

/** Somebody's own Endpoints behind a Service without a selector: what reads slices is to see them too. */
export function isMirrored(endpoints: Endpoints, service: Service | undefined): boolean {
  const { labels, annotations, deletionTimestamp } = endpoints.metadata;
  const isOwn = labels?.[SKIP_MIRROR] !== 'true' && annotations?.[LEADER] === undefined && deletionTimestamp === undefined;
  return isOwn && service !== undefined && Object.keys(service.spec?.selector ?? {}).length === 0;
}

export function planMirroredSlices(endpoints: Endpoints, existing: EndpointSlice[]): SlicePlan {
  return planSlices({ groups: groupsOf(endpoints), existing, metadataOf: (slice) => metadataOf(endpoints, slice) });
}

function groupsOf({ subsets = [] }: Endpoints): SliceGroup[] {
  const groups = new Map<string, SliceGroup>();
  for (const subset of subsets) {
    const ports = (subset.ports ?? []).map(({ name = '', ...port }) => ({ name, ...port }));
    for (const endpoint of endpointsOf(subset)) {
      const addressType = endpoint.addresses[0]?.includes(':') === true ? 'IPv6' : 'IPv4';
      const key = `${addressType} ${portsKey(ports)}`;
      const group = groups.get(key) ?? { addressType, ports, endpoints: [] };
      group.endpoints.push(endpoint);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

function endpointsOf({ addresses = [], notReadyAddresses = [] }: EndpointSubset): Endpoint[] {
  const all = [...addresses.map((address) => endpointOf(address, true)), ...notReadyAddresses.map((address) => endpointOf(address, false))];
  return all.slice(0, MAX_ADDRESSES);
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
  };
}

function metadataOf(endpoints: Endpoints, slice: EndpointSlice | undefined): EndpointSlice['metadata'] {
  const { name = '', namespace, labels, annotations = {} } = endpoints.metadata;
  const mirrored = Object.fromEntries(Object.entries(annotations).filter(([key]) => !NOT_MIRRORED.has(key)));
  const metadata = slice?.metadata ?? {
    generateName: `${name}-`,
    ...(namespace === undefined ? {} : { namespace }),
    ownerReferences: [controllerReference(endpoints, { apiVersion: 'v1', kind: 'Endpoints' })],
  };
  return { ...metadata, annotations: mirrored, labels: { ...labels, [SERVICE_NAME]: name, [MANAGED_BY]: MIRROR_MANAGER } };
}
