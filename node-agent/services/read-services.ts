import type { Endpoint, EndpointSlice, Service, ServicePort } from '#api/schema/kinds.generated';
import type { EndpointFacts, ServiceFacts, ServicePortFacts, ServiceView } from './service-view.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** Joins Services with their EndpointSlices (by the label that Kubernetes sets), as seen from one node. IPv4 only. */
export function readServices(services: Service[], slices: EndpointSlice[], node: string): ServiceView {
  const slicesOf = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const key = `${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_NAME_LABEL]}`;
    slicesOf.set(key, [...(slicesOf.get(key) ?? []), slice]);
  }
  return { services: services.map((service) => readService(service, slicesOf.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? [], node)) };
}

function readService(service: Service, slices: EndpointSlice[], node: string): ServiceFacts {
  const { spec = {} } = service;
  const headless = spec.clusterIP === 'None';
  const type = (spec.type ?? 'ClusterIP') as ServiceFacts['type'];
  const clusterIps = headless || type === 'ExternalName' ? [] : (spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []));
  const ingress = type === 'LoadBalancer' ? (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []) : [];
  const endpoints = slices.flatMap((slice) => (slice.endpoints ?? []).map((endpoint) => ({ slice, endpoint })));
  const hasNodePort = type === 'NodePort' || (type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  return {
    namespace: service.metadata.namespace ?? '',
    name: service.metadata.name ?? '',
    type,
    clusterIps: clusterIps.filter((ip) => ip !== ''),
    headless,
    ...(spec.externalName ? { externalName: spec.externalName } : {}),
    extraIps: [...ingress, ...(spec.externalIPs ?? [])],
    ports: (spec.ports ?? []).map((port) => readPort(port, { endpoints, hasNodePort, local: spec.internalTrafficPolicy === 'Local' ? node : undefined })),
    publishNotReady: spec.publishNotReadyAddresses ?? false,
    endpoints: endpoints.flatMap(({ slice, endpoint }) => readEndpoint(slice, endpoint)),
  };
}

interface Placed {
  slice: EndpointSlice;
  endpoint: Endpoint;
}

function readPort(port: ServicePort, at: { endpoints: Placed[]; hasNodePort: boolean; local: string | undefined }): ServicePortFacts {
  const protocol = (port.protocol ?? 'TCP') as ServicePortFacts['protocol'];
  const behind = at.endpoints.filter(({ endpoint }) => at.local === undefined || endpoint.nodeName === at.local);
  const targets = receivers(behind).flatMap(({ slice, endpoint }) => {
    const number = slice.ports?.find((p) => (p.name ?? '') === (port.name ?? '') && (p.protocol ?? 'TCP') === protocol)?.port;
    return number === undefined ? [] : endpoint.addresses.slice(0, 1).map((ip) => ({ ip, port: number }));
  });
  return {
    name: port.name ?? '',
    protocol,
    port: port.port,
    ...(at.hasNodePort && port.nodePort ? { nodePort: port.nodePort } : {}),
    targets: distinct(targets),
  };
}

// While every pod of a Service is being terminated, those that still serve get its traffic (KEP-1669): better than refusing all.
function receivers(endpoints: Placed[]): Placed[] {
  const ready = endpoints.filter(({ endpoint }) => endpoint.conditions?.ready ?? true);
  return ready.length > 0 ? ready : endpoints.filter(({ endpoint }) => endpoint.conditions?.serving === true && endpoint.conditions.terminating === true);
}

function readEndpoint(slice: EndpointSlice, endpoint: Endpoint): EndpointFacts[] {
  const ports = (slice.ports ?? []).flatMap((p) => (p.port === undefined ? [] : [{ name: p.name ?? '', protocol: p.protocol ?? 'TCP', port: p.port }]));
  const { ready = true, terminating = false } = endpoint.conditions ?? {};
  const podUid = endpoint.targetRef?.kind === 'Pod' ? endpoint.targetRef.uid : undefined;
  return endpoint.addresses.slice(0, 1).map((ip) => ({ ip, ready, terminating, ...(podUid === undefined ? {} : { podUid }), ...(endpoint.hostname ? { hostname: endpoint.hostname } : {}), ports }));
}

// Sorted, so that the same endpoints in another order make the same rules.
function distinct(targets: { ip: string; port: number }[]): { ip: string; port: number }[] {
  const byAddress = new Map(targets.map((target) => [`${target.ip}:${target.port}`, target]));
  return [...byAddress.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}
