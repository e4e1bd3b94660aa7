import { controllerReference } from '../owner.ts';
import { endpointOf, isHeadless } from './backends.ts';
import type { Backend } from './backends.ts';
import { MANAGED_BY, SERVICE_NAME, type SliceGroup, type SlicePlan, planSlices, portsKey } from './slice-plan.ts';
import type { EndpointSlice, Node, Service } from '#api/schema/kinds.generated';

export const SLICE_MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';

export interface SlicesView {
  service: Service;
  backends: Backend[];
  /** The slices of the service that are ours. */
  existing: EndpointSlice[];
  nodes: Map<string, Node>;
}

type AddressType = 'IPv4' | 'IPv6';

export function planServiceSlices(view: SlicesView): SlicePlan {
  return planSlices({ groups: groupsOf(view), existing: view.existing, metadataOf: (slice) => metadataOf(view.service, slice) });
}

function groupsOf({ service, backends, nodes }: SlicesView): SliceGroup[] {
  const types = addressTypes(service);
  const groups = new Map<string, SliceGroup>();
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

function metadataOf(service: Service, slice: EndpointSlice | undefined): EndpointSlice['metadata'] {
  const { name = '', namespace } = service.metadata;
  const metadata = slice?.metadata ?? {
    generateName: `${name}-`,
    ...(namespace === undefined ? {} : { namespace }),
    ownerReferences: [controllerReference(service, { apiVersion: 'v1', kind: 'Service' })],
  };
  return { ...metadata, labels: { ...service.metadata.labels, ...(isHeadless(service) ? { [HEADLESS]: '' } : {}), [SERVICE_NAME]: name, [MANAGED_BY]: SLICE_MANAGER } };
}
