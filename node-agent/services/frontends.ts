import type { HostPort, PodAttachment } from '../network/pod-network.ts';
import type { ServiceFacts, ServicePortFacts } from './service-view.ts';

/** One way to a Service's port: where a packet goes before its destination is translated. */
export interface Frontend {
  protocol: ServicePortFacts['protocol'];
  port: number;
  /** undefined: any address of this node (a node port, a host port without an address). */
  ip?: string;
  /** Of outside: the external policy rules, not the internal one. */
  external: boolean;
  /** Who may come by it; everybody when empty. */
  sourceRanges: string[];
}

export function frontendsOf(service: ServiceFacts, port: ServicePortFacts): Frontend[] {
  const { protocol } = port;
  const at = (ip: string, more: Partial<Frontend>): Frontend => ({ protocol, port: port.port, ip, external: false, sourceRanges: [], ...more });
  return [
    ...service.clusterIps.map((ip) => at(ip, {})),
    ...service.externalIps.map((ip) => at(ip, { external: true })),
    ...service.ingressIps.map((ip) => at(ip, { external: true, sourceRanges: service.sourceRanges })),
    ...(port.nodePort === undefined ? [] : [{ protocol, port: port.nodePort, external: true, sourceRanges: [] }]),
  ];
}

/** A host port leads to one pod. */
export function hostPortFrontend({ hostIp, hostPort, protocol }: HostPort): Frontend {
  const anywhere = hostIp === undefined || hostIp === '' || hostIp === '0.0.0.0';
  return { protocol, port: hostPort, ...(anywhere ? {} : { ip: hostIp }), external: true, sourceRanges: [] };
}

/** The pods' host ports that IPv4 rules can be made for. */
export function hostPortsOf(attached: PodAttachment[]): { pod: PodAttachment; hostPort: HostPort }[] {
  return attached.flatMap((pod) => pod.hostPorts.filter(({ hostIp }) => hostIp?.includes(':') !== true).map((hostPort) => ({ pod, hostPort })));
}
