import { isPodFinished, isPodReady } from '../pod-state.ts';
import type { DiscoveryV1EndpointPort as EndpointPort, Endpoint, Node, Pod, Service, ServicePort } from '#api/schema/kinds.generated';

/** A pod behind a service: where it listens and whether it may be sent to. */
export interface Backend {
  pod: Pod;
  addresses: { IPv4: string | undefined; IPv6: string | undefined };
  ports: EndpointPort[];
  isReady: boolean;
  isTerminating: boolean;
}

/** The selected pods that have an address, whether ready or not. */
export function backendsOf(service: Service, pods: Pod[]): Backend[] {
  return pods
    .filter((pod) => !isPodFinished(pod) && podIps(pod).length > 0)
    .map((pod) => ({
      pod,
      addresses: { IPv4: podIps(pod).find((ip) => !ip.includes(':')), IPv6: podIps(pod).find((ip) => ip.includes(':')) },
      ports: portsOf(service, pod),
      isReady: isPodReady(pod),
      isTerminating: pod.metadata.deletionTimestamp !== undefined,
    }));
}

export function endpointOf(backend: Backend, address: string, { service, nodes }: { service: Service; nodes: Map<string, Node> }): Endpoint {
  const { pod, isReady, isTerminating } = backend;
  const nodeName = pod.spec?.nodeName;
  const zone = nodeName === undefined ? undefined : nodes.get(nodeName)?.metadata.labels?.['topology.kubernetes.io/zone'];
  const hostname = hostnameOf(service, pod);
  return {
    addresses: [address],
    conditions: { ready: service.spec?.publishNotReadyAddresses === true || (isReady && !isTerminating), serving: isReady, terminating: isTerminating },
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: targetOf(pod),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
  };
}

export function targetOf(pod: Pod): { kind: 'Pod'; namespace: string; name: string; uid: string } {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  return { kind: 'Pod', namespace, name, uid };
}

/** A name of its own in the headless service's domain. */
export function hostnameOf(service: Service, pod: Pod): string | undefined {
  const isNamed = pod.spec?.hostname && pod.spec.subdomain === service.metadata.name && service.metadata.namespace === pod.metadata.namespace;
  return isNamed ? pod.spec?.hostname : undefined;
}

export function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None';
}

function podIps(pod: Pod): string[] {
  const ips = (pod.status?.podIPs ?? []).map(({ ip }) => ip).filter((ip) => ip !== undefined);
  return ips.length > 0 ? ips : pod.status?.podIP ? [pod.status.podIP] : [];
}

// A port whose name this pod does not have is left out for this pod.
function portsOf(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = targetPort(port, pod);
    if (number === undefined) return [];
    return [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) }];
  });
}

function targetPort(port: ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target === 0 ? port.port : target;
  if (target === '') return port.port;
  const protocol = port.protocol ?? 'TCP';
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const named = [...(pod.spec?.containers ?? []), ...sidecars].flatMap(({ ports }) => ports ?? []).find((one) => one.name === target && (one.protocol ?? 'TCP') === protocol);
  return named?.containerPort;
}
