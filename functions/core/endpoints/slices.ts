import { isEqual } from '#api/equal';
import { canonicalJson } from '../hash.ts';
import { controllerReference } from '../owner.ts';
import { endpointOf, isHeadless } from './backends.ts';
import type { Backend } from './backends.ts';
import type { DiscoveryV1EndpointPort as EndpointPort, Endpoint, EndpointSlice, Node, Service } from '#api/schema/kinds.generated';

const MAX_ENDPOINTS = 100;
export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const SLICE_MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';

export interface SlicesView {
  service: Service;
  backends: Backend[];
  /** The slices of the service that are ours. */
  existing: EndpointSlice[];
  nodes: Map<string, Node>;
}

export interface SlicePlan {
  create: EndpointSlice[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
}

type AddressType = 'IPv4' | 'IPv6';

interface Group {
  addressType: AddressType;
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

/** The slices as they should be: an endpoint stays in the slice where it is, so that one pod's change is one small slice's. */
export function planSlices(view: SlicesView): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [] };
  const groups = groupsOf(view);
  const left = new Set(view.existing);
  for (const group of groups) {
    const own = view.existing.filter((slice) => slice.addressType === group.addressType && samePorts(slice.ports, group.ports));
    for (const slice of own) left.delete(slice);
    planGroup(group, own, { view, plan });
  }
  plan.remove.push(...left);
  return plan;
}

function planGroup(group: Group, own: EndpointSlice[], { view, plan }: { view: SlicesView; plan: SlicePlan }): void {
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
  // One slice stays, empty where need be: it says that the service is known to have nothing behind it.
  let isPlaceKept = rest.length > 0 || kept.some(({ endpoints }) => endpoints.length > 0);
  for (const { slice, endpoints } of kept) {
    if (endpoints.length === 0 && isPlaceKept) plan.remove.push(slice);
    else {
      isPlaceKept = true;
      const next = { ...slice, ...contentOf(view.service, slice, { ...group, endpoints }) };
      if (!isEqual(withoutVersion(next), withoutVersion(slice))) plan.update.push(next);
    }
  }
  while (rest.length > 0 || !isPlaceKept) {
    isPlaceKept = true;
    plan.create.push({ ...contentOf(view.service, undefined, { ...group, endpoints: rest.splice(0, MAX_ENDPOINTS) }) });
  }
}

function groupsOf({ service, backends, nodes }: SlicesView): Group[] {
  const types = addressTypes(service);
  const groups = new Map<string, Group>();
  for (const backend of backends) {
    if (backend.ports.length === 0 && !isHeadless(service)) continue;
    for (const addressType of types) {
      const address = backend.addresses[addressType];
      if (address === undefined) continue;
      const key = `${addressType} ${portsKey(backend.ports)}`;
      const group = groups.get(key) ?? { addressType, ports: backend.ports, endpoints: [] };
      group.endpoints.push(endpointOf(backend, address, { service, nodes }));
      groups.set(key, group);
    }
  }
  for (const addressType of types) {
    const isThere = [...groups.values()].some((group) => group.addressType === addressType);
    if (!isThere) groups.set(addressType, { addressType, ports: [], endpoints: [] });
  }
  return [...groups.values()];
}

function addressTypes(service: Service): AddressType[] {
  const families = (service.spec?.ipFamilies ?? []).filter((family): family is AddressType => family === 'IPv4' || family === 'IPv6');
  return families.length > 0 ? families : ['IPv4'];
}

function contentOf(service: Service, slice: EndpointSlice | undefined, { addressType, ports, endpoints }: Group): EndpointSlice {
  const { name, namespace } = service.metadata;
  const labels = { ...service.metadata.labels, ...(isHeadless(service) ? { [HEADLESS]: '' } : {}), [SERVICE_NAME]: name ?? '', [MANAGED_BY]: SLICE_MANAGER };
  const metadata = slice?.metadata ?? {
    generateName: `${name}-`,
    ...(namespace === undefined ? {} : { namespace }),
    ownerReferences: [controllerReference(service, { apiVersion: 'v1', kind: 'Service' })],
  };
  return { metadata: { ...metadata, labels }, addressType, endpoints, ports };
}

function idOf({ targetRef, addresses }: Endpoint): string {
  return `${targetRef?.uid ?? ''} ${addresses[0] ?? ''}`;
}

function samePorts(a: EndpointPort[] | undefined, b: EndpointPort[]): boolean {
  return portsKey(a ?? []) === portsKey(b);
}

function portsKey(ports: EndpointPort[]): string {
  return ports.map((port) => canonicalJson(port)).sort().join(' ');
}

function withoutVersion({ metadata, addressType, endpoints, ports }: EndpointSlice): unknown {
  return { labels: metadata.labels, addressType, endpoints: endpoints ?? [], ports: ports ?? [] };
}
