import { isIpv4 } from '#api/ipv4';
import type { Endpoint, EndpointSlice, Service, ServicePort, ServiceSpec } from '#api/schema/kinds.generated';
import type { EndpointFacts, ServiceFacts, ServicePortFacts, ServiceView, Target } from './service-view.ts';

const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const DEFAULT_AFFINITY_SECONDS = 10_800;

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
  const type = (spec.type ?? 'ClusterIP') as ServiceFacts['type'];
  const endpoints = slices.flatMap((slice) => (slice.endpoints ?? []).map((endpoint) => ({ slice, endpoint })));
  return {
    namespace: service.metadata.namespace ?? '',
    name: service.metadata.name ?? '',
    type,
    ...addressesOf(service, type),
    headless: spec.clusterIP === 'None',
    ...(spec.externalName ? { externalName: spec.externalName } : {}),
    ...(spec.sessionAffinity === 'ClientIP' ? { affinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS } : {}),
    ports: (spec.ports ?? []).map((port) => readPort(port, { spec, type, endpoints, node })),
    publishNotReady: spec.publishNotReadyAddresses ?? false,
    endpoints: endpoints.flatMap(({ slice, endpoint }) => readEndpoint(slice, endpoint)),
  };
}

function addressesOf({ spec = {}, status }: Service, type: ServiceFacts['type']): Pick<ServiceFacts, 'clusterIps' | 'externalIps' | 'ingressIps' | 'sourceRanges'> {
  if (type === 'ExternalName' || spec.clusterIP === 'None') return { clusterIps: [], externalIps: [], ingressIps: [], sourceRanges: [] };
  const isBalanced = type === 'LoadBalancer';
  return {
    clusterIps: (spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])).filter(isIpv4),
    externalIps: (spec.externalIPs ?? []).filter(isIpv4),
    // With mode Proxy the balancer itself is to be passed, so its address is not answered for here.
    ingressIps: isBalanced ? (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) => (ip !== undefined && isIpv4(ip) && ipMode !== 'Proxy' ? [ip] : [])) : [],
    sourceRanges: isBalanced ? (spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()).filter((range) => isIpv4(range.split('/')[0] ?? '')) : [],
  };
}

interface Placed {
  slice: EndpointSlice;
  endpoint: Endpoint;
}

function readPort(port: ServicePort, { spec, type, endpoints, node }: { spec: ServiceSpec; type: ServiceFacts['type']; endpoints: Placed[]; node: string }): ServicePortFacts {
  const protocol = (port.protocol ?? 'TCP') as ServicePortFacts['protocol'];
  const targetsOf = (candidates: Placed[]): Target[] =>
    receivers(candidates).flatMap(({ slice, endpoint }) => {
      const number = slice.ports?.find((p) => (p.name ?? '') === (port.name ?? '') && (p.protocol ?? 'TCP') === protocol)?.port;
      return number === undefined ? [] : endpoint.addresses.slice(0, 1).map((ip) => ({ ip, port: number }));
    });
  const hasNodePort = type === 'NodePort' || (type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  return {
    name: port.name ?? '',
    protocol,
    port: port.port,
    ...(hasNodePort && port.nodePort ? { nodePort: port.nodePort } : {}),
    targets: distinct(targetsOf(endpoints)),
    localTargets: distinct(targetsOf(endpoints.filter(({ endpoint }) => endpoint.nodeName === node))),
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal: spec.externalTrafficPolicy === 'Local',
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
function distinct(targets: Target[]): Target[] {
  const byAddress = new Map(targets.map((target) => [`${target.ip}:${target.port}`, target]));
  return [...byAddress.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}
