import { createHash } from 'node:crypto';
import { type HostCommand, ignoring } from '../network/host-command.ts';
import type { PodAttachment } from '../network/pod-network.ts';
import { findChains, inheritedRules, leadIn, removeChains, restore } from './chains.ts';
import { noRules, planRestore } from './restore.ts';
import { type Rules, planRules } from './rules.ts';
import type { ServiceView } from './service-view.ts';
import { createFlowMemory, udpFlows } from './udp-flows.ts';

/**
 * Keeps this node's Service rules: ClusterIP, NodePort, load-balancer addresses and host ports, by iptables. One `iptables-restore` a change, and
 * never two at a time; changes that come meanwhile are merged into the next.
 */
export interface ServiceProxy {
  /**
   * Chains, jumps, the device that gives Service addresses a route, the kernel's settings. Before anything else. Rules of an earlier agent stay
   * as they are until the first Services are given: the pods of a node whose agent starts again lose no connection.
   */
  open(): Promise<void>;
  /** Resolves when the kernel has it. */
  setServices(view: ServiceView): Promise<void>;
  setHostPorts(pods: PodAttachment[]): Promise<void>;
  removeAll(): Promise<void>;
}

export interface ServiceProxyOptions {
  clusterUid: string;
  node: string;
  podCidr: string;
  serviceCidr: string;
  loadBalancerCidr: string;
  /** An address that this node answers at itself: the cluster DNS. */
  dnsIp: string;
  run: HostCommand;
  log: (message: string, error?: unknown) => void;
}

export function createServiceProxy(options: ServiceProxyOptions): ServiceProxy {
  const { run } = options;
  const id = createHash('sha256').update(`${options.clusterUid}/${options.node}`).digest('hex').slice(0, 6);
  const prefix = `ZP-${id}`;
  const device = `zps${id}`;
  let view: ServiceView | undefined;
  let attached: PodAttachment[] = [];
  let applied: Rules = noRules;
  const flows = createFlowMemory(options);
  let running: Promise<void> | undefined;
  let stale = false;

  const applyOnce = async () => {
    if (view === undefined) return;
    const next = planRules(view, attached, { prefix, podCidr: options.podCidr });
    const input = planRestore(applied, next);
    if (input !== undefined) await restore(run, input);
    applied = next;
    await flows.follow(udpFlows(view, attached));
  };
  const apply = (): Promise<void> => {
    stale = true;
    running ??= (async () => {
      try {
        while (stale) {
          stale = false;
          await applyOnce();
        }
      } finally {
        running = undefined;
      }
    })();
    return running;
  };

  return {
    async open() {
      const inherited = inheritedRules(await findChains(run, prefix));
      applied = inherited ?? noRules;
      if (inherited === undefined) view = { services: [] };
      await openDevice(run, device, options);
      await run('sysctl', ['-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.route_localnet=1']);
      await apply();
      await leadIn(run, prefix);
    },
    async setServices(next) {
      view = next;
      await apply();
    },
    async setHostPorts(pods) {
      attached = pods;
      await apply();
    },
    async removeAll() {
      await running;
      await removeChains(run, prefix);
      await ignoring(/Cannot find device/, run('ip', ['link', 'del', device]));
      applied = noRules;
    },
  };
}

// Without a route the host's own programs could not even send to a Service address (no default route on many a laptop in a train):
// a bridge without ports serves as the device, because not every kernel has `dummy`.
async function openDevice(run: HostCommand, device: string, options: ServiceProxyOptions): Promise<void> {
  await ignoring(/File exists/, run('ip', ['link', 'add', device, 'type', 'bridge']));
  const commands = [
    `link set ${device} up`,
    `addr replace ${options.dnsIp}/32 dev ${device}`,
    `route replace ${options.serviceCidr} dev ${device}`,
    `route replace ${options.loadBalancerCidr} dev ${device}`,
  ];
  await run('ip', ['-batch', '-'], `${commands.join('\n')}\n`);
}
