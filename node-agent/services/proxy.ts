import { createHash } from 'node:crypto';
import { type HostCommand, ignoring } from '../network/host-command.ts';
import type { PodAttachment } from '../network/pod-network.ts';
import { noRules, planRestore } from './restore.ts';
import { type Rules, type Table, jumps, planRules } from './rules.ts';
import type { ServiceView } from './service-view.ts';

/**
 * Keeps this node's Service rules: ClusterIP, NodePort, load-balancer addresses and host ports, by iptables. One `iptables-restore` a change, and
 * never two at a time; changes that come meanwhile are merged into the next.
 */
export interface ServiceProxy {
  /** Chains, jumps, the device that gives Service addresses a route, the kernel's settings. Before anything else. */
  open(): Promise<void>;
  setServices(view: ServiceView): Promise<void>;
  setHostPorts(pods: PodAttachment[]): Promise<void>;
  /** Resolves when what was given so far is in the kernel: an endpoint that is about to stop gets no new connections from then on. */
  settled(): Promise<void>;
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
}

export function createServiceProxy(options: ServiceProxyOptions): ServiceProxy {
  const { run } = options;
  const id = createHash('sha256').update(`${options.clusterUid}/${options.node}`).digest('hex').slice(0, 6);
  const prefix = `ZP-${id}`;
  const device = `zps${id}`;
  let view: ServiceView = { services: [] };
  let attached: PodAttachment[] = [];
  let applied: Rules = noRules;
  let running: Promise<void> | undefined;
  let stale = false;

  const applyOnce = async () => {
    const next = planRules(view, attached, { prefix, podCidr: options.podCidr });
    const input = planRestore(applied, next);
    if (input !== undefined) await run('iptables-restore', ['--noflush', '--wait', '5'], input);
    applied = next;
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
      await removeChains(run, prefix); // of an agent that was killed: what it had applied is not known
      await openDevice(run, device, options);
      await run('sysctl', ['-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.route_localnet=1']);
      await apply();
      await insertJumps(run, prefix);
    },
    async setServices(next) {
      view = next;
      await apply();
    },
    async setHostPorts(pods) {
      attached = pods;
      await apply();
    },
    async settled() {
      await running;
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

async function insertJumps(run: HostCommand, prefix: string): Promise<void> {
  // Inserted at the top, so in reverse: what comes first in `jumps` is met first. FORWARD is met before Docker's own isolation chains.
  const inserts = (wanted: Table): string[] => jumps(prefix).flatMap(({ table, from, to }) => (table === wanted ? [`-I ${from} 1 -j ${to}`] : [])).reverse();
  const input = (['nat', 'filter'] as const).map((table) => [`*${table}`, ...inserts(table), 'COMMIT', ''].join('\n')).join('');
  await run('iptables-restore', ['--noflush', '--wait', '5'], input);
}

async function removeChains(run: HostCommand, prefix: string): Promise<void> {
  for (const table of ['nat', 'filter'] as const) {
    const lines = (await run('iptables-save', ['-t', table])).split('\n');
    const chains = lines.filter((line) => line.startsWith(`:${prefix}-`)).map((line) => line.slice(1).split(' ')[0] ?? '');
    if (chains.length === 0) continue;
    const leads = lines.filter((line) => chains.some((chain) => line.endsWith(`-j ${chain}`)) && !line.startsWith(`-A ${prefix}-`));
    await run('iptables-restore', ['--noflush', '--wait', '5'], removal(table, chains, leads));
  }
}

function removal(table: Table, chains: string[], leads: string[]): string {
  return [
    `*${table}`,
    ...leads.map((line) => line.replace(/^-A/, '-D')),
    ...chains.map((chain) => `:${chain} - [0:0]`),
    ...chains.map((chain) => `-X ${chain}`),
    'COMMIT',
    '',
  ].join('\n');
}
