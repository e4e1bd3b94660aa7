import { SERVICES } from './resources.ts';
import { DONE } from './runtime/controller.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller } from './runtime/controller.ts';
import type { Service } from '#api/schema/kinds.generated';
import { addressesOf, assignAddresses, wantsAddress } from '#core/load-balancer-pool';
import type { ClaimWrite } from '#ports/table';

// All Services are one key: whoever lacks an address may get what another has just given back.
const POOL = 'pool';

/** Gives Services of type LoadBalancer an address out of the cluster's pool; each node answers there by its own rules. */
export function createLoadBalancerController(poolCidr: string): Controller {
  return {
    name: 'service-lb-controller',
    sources: [{ resource: SERVICES, keys: ({ object, previous }) => ([object, previous].some((service) => (service as Service | undefined)?.spec?.type === 'LoadBalancer') ? [POOL] : []) }],
    async reconcile(_key, { view }) {
      const services = await view.list<Service>(SERVICES, { now: true });
      for (const service of services) if (!wantsAddress(service) && addressesOf(service).length > 0) await setAddress(view, service, undefined);
      for (const [service, address] of assignAddresses(services, poolCidr)) if (address !== undefined) await setAddress(view, service, address);
      return DONE;
    },
  };
}

async function setAddress(view: ClusterView, { metadata }: Service, address: string | undefined): Promise<void> {
  const loadBalancer = address === undefined ? {} : { ingress: [{ ip: address, ipMode: 'VIP' }] };
  await view.update<Service>(SERVICES, { namespace: metadata.namespace, name: metadata.name ?? '' }, (current) => ({ ...current, status: { ...current.status, loadBalancer } }), {
    subresource: 'status',
    preconditions: { ...(metadata.uid === undefined ? {} : { uid: metadata.uid }), ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }) },
    claims: async () => (address === undefined ? [] : [await claim(view, address, metadata.uid ?? '')]),
  });
}

// The record makes two loops that overlap choose differently. A Service that no longer shows the address has given it back, however it went: its record is taken over.
async function claim(view: ClusterView, address: string, uid: string): Promise<ClaimWrite> {
  const key = `load-balancer-ip/${address}`;
  const held = await view.claims.readClaim(view.cluster, key);
  return { cluster: view.cluster, key, expect: held?.version ?? null, value: new TextEncoder().encode(uid) };
}
