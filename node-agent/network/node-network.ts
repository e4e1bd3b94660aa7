import { readFileSync } from 'node:fs';
import type { NodeSettings } from '#api/node-settings';
import type { EndpointSlice, Service } from '#api/schema/kinds.generated';
import type { Informer } from '#client/informer';
import { indexServices } from '../dns/records.ts';
import { startDnsServer } from '../dns/server.ts';
import { upstreamsOf } from '../dns/upstream.ts';
import { createServiceProxy, type ServiceProxy } from '../services/proxy.ts';
import { readServices } from '../services/read-services.ts';
import type { HostCommand } from './host-command.ts';
import type { PodNetwork } from './pod-network.ts';
import { vethNetwork } from './veth-network.ts';

export interface NodeNetworkOptions {
  settings: NodeSettings;
  nodeName: string;
  run: HostCommand;
  services: Informer<Service>;
  slices: Informer<EndpointSlice>;
  log: (message: string, error?: unknown) => void;
}

/** The whole network of a real node: pods' links, the rules of Services, and cluster DNS, kept by what the API says. */
export async function openNodeNetwork(options: NodeNetworkOptions): Promise<PodNetwork> {
  const { settings, services, slices, log } = options;
  const parts = nodeNetworkParts(options);
  await parts.proxy.open(); // gives the host the address that DNS listens at
  const dns = startDnsServer({ address: settings.dnsIp, upstreams: upstreamsOf(resolvConf(), settings.dnsIp), onError: (error) => log('cluster DNS', error) });

  let scheduled = false;
  const apply = async (): Promise<void> => {
    scheduled = false;
    const view = readServices(services.items(), slices.items(), options.nodeName);
    dns.setIndex(indexServices(view, settings.clusterDomain));
    await parts.proxy.setServices(view);
  };
  // One change of the API is often several of its objects: what arrives together is applied together.
  const changed = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => void apply().catch((error: unknown) => log('the rules of Services', error)));
  };
  services.subscribe(changed);
  slices.subscribe(changed);
  return parts.network;
}

/** Without starting anything: for `down`, which removes what an agent that no longer runs has left. */
export function nodeNetworkParts({ settings, nodeName, run }: Pick<NodeNetworkOptions, 'settings' | 'nodeName' | 'run'>): { network: PodNetwork; proxy: ServiceProxy } {
  const { clusterUid, podCidr, clusterPodCidr, serviceCidr, loadBalancerCidr, dnsIp, clusterDomain } = settings;
  const proxy = createServiceProxy({ clusterUid, node: nodeName, podCidr: clusterPodCidr, serviceCidr, loadBalancerCidr, dnsIp, run });
  const network = vethNetwork({
    clusterUid,
    node: nodeName,
    podCidr,
    dns: { nameserver: dnsIp, domain: clusterDomain },
    run,
    onHostPorts: (pods) => proxy.setHostPorts(pods),
  });
  return { network: { ...network, removeAll: async () => void (await Promise.all([network.removeAll(), proxy.removeAll()])) }, proxy };
}

function resolvConf(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return ''; // a host without resolvers: cluster names still resolve
  }
}
