import { isEqual } from '#api/equal';
import { canonicalJson } from '../hash.ts';
import type { DiscoveryV1EndpointPort as EndpointPort, Endpoint, EndpointSlice } from '#api/schema/kinds.generated';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

export interface SlicePlan {
  create: EndpointSlice[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
}

/** Endpoints that share their ports, and so may share a slice. */
export interface SliceGroup {
  addressType: string;
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

export interface SlicesWanted {
  groups: SliceGroup[];
  /** The slices that are there and that whoever asks has made. */
  existing: EndpointSlice[];
  /** Of one that is there, or (without) of a new one. */
  metadataOf(slice: EndpointSlice | undefined): EndpointSlice['metadata'];
}

const MAX_ENDPOINTS = 100;

/** The slices as they should be: an endpoint stays in the slice where it is, so that one pod's change is one small slice's. */
export function planSlices(wanted: SlicesWanted): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [] };
  const left = new Set(wanted.existing);
  for (const group of wanted.groups) {
    const own = wanted.existing.filter((slice) => slice.addressType === group.addressType && portsKey(slice.ports ?? []) === portsKey(group.ports));
    for (const slice of own) left.delete(slice);
    planGroup(group, own, { wanted, plan });
  }
  plan.remove.push(...left);
  return plan;
}

export function portsKey(ports: EndpointPort[]): string {
  return ports.map((port) => canonicalJson(port)).sort().join(' ');
}

function planGroup(group: SliceGroup, own: EndpointSlice[], { wanted, plan }: { wanted: SlicesWanted; plan: SlicePlan }): void {
  const waiting = new Map(group.endpoints.map((endpoint) => [idOf(endpoint), endpoint]));
  const kept = own.map((slice) => {
    const endpoints: Endpoint[] = [];
    for (const id of (slice.endpoints ?? []).map(idOf)) {
      const endpoint = waiting.get(id);
      if (endpoint !== undefined) endpoints.push(endpoint);
      waiting.delete(id);
    }
    return { slice, endpoints };
  });
  const rest = [...waiting.values()];
  for (const { endpoints } of kept) endpoints.push(...rest.splice(0, Math.max(0, MAX_ENDPOINTS - endpoints.length)));
  const { addressType, ports } = group;
  // One slice stays, empty where need be: it says that the service is known to have nothing behind it.
  let isPlaceKept = rest.length > 0 || kept.some(({ endpoints }) => endpoints.length > 0);
  for (const { slice, endpoints } of kept) {
    if (endpoints.length === 0 && isPlaceKept) plan.remove.push(slice);
    else {
      isPlaceKept = true;
      const next = { ...slice, metadata: wanted.metadataOf(slice), addressType, endpoints, ports };
      if (!isEqual(faceOf(next), faceOf(slice))) plan.update.push(next);
    }
  }
  while (rest.length > 0 || !isPlaceKept) {
    isPlaceKept = true;
    plan.create.push({ metadata: wanted.metadataOf(undefined), addressType, endpoints: rest.splice(0, MAX_ENDPOINTS), ports });
  }
}

function idOf({ targetRef, addresses }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses[0] ?? ''}`;
}

function faceOf({ metadata: { labels, annotations }, addressType, endpoints, ports }: EndpointSlice): unknown {
  return { labels: labels ?? {}, annotations: annotations ?? {}, addressType, endpoints: endpoints ?? [], ports: ports ?? [] };
}
