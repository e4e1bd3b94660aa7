import { type HostCommand, ignoring } from '../network/host-command.ts';
import type { PodAttachment } from '../network/pod-network.ts';
import { type Frontend, frontendsOf, hostPortFrontend, hostPortsOf } from './frontends.ts';
import type { ServiceView } from './service-view.ts';

/**
 * UDP has no connections, but the kernel remembers flows (conntrack): a client that keeps sending from one port would be sent to a pod that is gone,
 * or nowhere, as long as it does. So what the rules no longer say is taken out of that memory too.
 */
export type UdpFlows = Map<string, { frontend: Frontend; targets: Set<string> }>;

export interface FlowMemory {
  /** What the rules in the kernel lead to now. What they led to before the first call is not known, and left alone. */
  follow(flows: UdpFlows): Promise<void>;
}

export function createFlowMemory({ run, log }: { run: HostCommand; log: (message: string, error?: unknown) => void }): FlowMemory {
  let current: UdpFlows | undefined;
  let fails = false;
  const flush = async (args: string[]): Promise<void> => {
    try {
      await ignoring(/0 flow entries/, run('conntrack', args));
    } catch (error) {
      // Not installed on this machine: all but these flows is well.
      if (!fails) log('conntrack(8) cannot be run: a UDP client that keeps sending may stay with a pod that is gone', error);
      fails = true;
    }
  };
  return {
    async follow(flows) {
      const flushes = current === undefined ? [] : planFlush(current, flows);
      current = flows;
      for (const args of flushes) await flush(args);
    },
  };
}

export function udpFlows(view: ServiceView, attached: PodAttachment[]): UdpFlows {
  const flows: UdpFlows = new Map();
  const add = (frontend: Frontend, ips: string[]): void => {
    if (frontend.protocol === 'UDP') flows.set(`${frontend.ip ?? '*'}:${frontend.port}`, { frontend, targets: new Set(ips) });
  };
  for (const service of view.services) {
    for (const port of service.ports) for (const frontend of frontendsOf(service, port)) add(frontend, port.targets.map(({ ip }) => ip));
  }
  for (const { pod, hostPort } of hostPortsOf(attached)) add(hostPortFrontend(hostPort), [pod.ip]);
  return flows;
}

/** Arguments for conntrack(8), one list a call: flows to those that no longer get any, and all that came while nobody got any. */
export function planFlush(previous: UdpFlows, next: UdpFlows): string[][] {
  const flushes = [...next].flatMap(([key, { frontend, targets }]) => {
    const before = previous.get(key)?.targets ?? new Set();
    if (before.size === 0) return targets.size === 0 ? [] : [flushOf(frontend)];
    return [...before].filter((ip) => !targets.has(ip)).map((ip) => [...flushOf(frontend), '--dst-nat', ip]);
  });
  const gone = [...previous].filter(([key, { targets }]) => !next.has(key) && targets.size > 0);
  return [...flushes, ...gone.flatMap(([, { frontend, targets }]) => [...targets].map((ip) => [...flushOf(frontend), '--dst-nat', ip]))];
}

function flushOf({ ip, port }: Frontend): string[] {
  return ['-D', '-p', 'udp', ...(ip === undefined ? [] : ['--orig-dst', ip]), '--orig-port-dst', String(port)];
}
