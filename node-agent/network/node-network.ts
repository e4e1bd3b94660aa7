import { readFileSync } from 'node:fs';
import type { NodeSettings } from '#api/node-settings';
import type { EndpointSlice, Service } from '#api/schema/kinds.generated';
import type { Informer } from '#client/informer';
import { indexServices } from '../dns/records.ts';
import { startDnsServer } from '../dns/server.ts';
import { createUpstream, upstreamsOf } from '../dns/upstream.ts';
import type { Clock } from '../clock.ts';
import { createServiceProxy, type ServiceProxy } from '../services/proxy.ts';
import { readServices } from '../services/read-services.ts';
import { createWithdrawals, type Withdrawals } from '../services/withdrawals.ts';
import type { HostCommand } from './host-command.ts';
import type { PodNetwork } from './pod-network.ts';
import { vethNetwork } from './veth-network.ts';

export interface NodeNetworkOptions {
  settings: NodeSettings;
  nodeName: string;
  clock: Clock;
  run: HostCommand;
  services: Informer<Service>;
  slices: Informer<EndpointSlice>;
  log: (message: string, error?: unknown) => void;
}

interface NodeNetworkParts {
  network: PodNetwork;
  proxy: ServiceProxy;
  withdrawals: Withdrawals;
}

const RETRY_MS = 1_000;

/** The whole network of a real node: pods' links, the rules of Services, and cluster DNS, kept by what the API says. */
export async function openNodeNetwork(options: NodeNetworkOptions): Promise<PodNetwork> {
  const { settings, services, slices, log } = options;
  const parts = nodeNetworkParts(options);
  await parts.proxy.open(); // gives the host the address that DNS listens at
  const dns = startDnsServer({ address: settings.dnsIp, upstream: createUpstream(upstreamsOf(resolvConf(), settings.dnsIp)), onError: (error) => log('cluster DNS', error) });

  let scheduled = false;
  const apply = async (): Promise<void> => {
    scheduled = false;
    // Half of what there is would take the other half out of the rules, and names out of the DNS.
    if (!services.synced || !slices.synced) return;
    const view = readServices(services.items(), slices.items(), options.nodeName);
    dns.setIndex(indexServices(view, settings.clusterDomain));
    await parts.proxy.setServices(view);
    parts.withdrawals.applied(view);
  };
  const failed = async (error: unknown): Promise<void> => {
    log('the rules of Services', error);
    await options.clock.sleep(RETRY_MS);
    changed();
  };
  // One change of the API is often several of its objects: what arrives together is applied together.
  const changed = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => void apply().catch(failed));
  };
  services.subscribe(changed);
  slices.subscribe(changed);
  return parts.network;
}

/** Without starting anything: for `down`, which removes what an agent that no longer runs has left. */
export function nodeNetworkParts({ settings, nodeName, run, clock, log }: Pick<NodeNetworkOptions, 'settings' | 'nodeName' | 'run' | 'clock' | 'log'>): NodeNetworkParts {
  const { clusterUid, podCidr, clusterPodCidr, serviceCidr, loadBalancerCidr, dnsIp, clusterDomain } = settings;
  const proxy = createServiceProxy({ clusterUid, node: nodeName, podCidr: clusterPodCidr, serviceCidr, loadBalancerCidr, dnsIp, run, log });
  const withdrawals = createWithdrawals(clock);
  const links = vethNetwork({
    clusterUid,
    node: nodeName,
    podCidr,
    dns: { nameserver: dnsIp, domain: clusterDomain },
    run,
    onHostPorts: (pods) => proxy.setHostPorts(pods),
  });
  const network: PodNetwork = {
    ...links,
    withdrawn: (podUid, timeoutMs) => withdrawals.withdrawn(podUid, timeoutMs),
    removeAll: async () => void (await Promise.all([links.removeAll(), proxy.removeAll()])),
  };
  return { network, proxy, withdrawals };
}

function resolvConf(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return ''; // a host without resolvers: cluster names still resolve
  }
}
