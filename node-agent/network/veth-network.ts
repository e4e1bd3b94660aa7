import { createHash } from 'node:crypto';
import { createAddressPool } from './address-pool.ts';
import { type HostCommand, ignoring } from './host-command.ts';
import type { ClusterDns, PodAttachment, PodNetwork } from './pod-network.ts';

/**
 * A pod network of veth pairs and /32 routes: no bridge, no docker-proxy, no overlay. Every pod has the same gateway, a link-local address that
 * exists nowhere: a fixed neighbour entry sends its frames to the host's end of the pair, and the host routes.
 */
export interface VethNetworkOptions {
  clusterUid: string;
  node: string;
  podCidr: string;
  dns: ClusterDns | undefined;
  run: HostCommand;
  /** Called when the host ports of the node's pods have changed, so that the rules follow. */
  onHostPorts(pods: PodAttachment[]): Promise<void>;
}

const GATEWAY = '169.254.1.1';
// Locally administered; the same on every pair, since each pair is a link of its own.
const GATEWAY_MAC = 'ee:ee:ee:ee:ee:ee';

export function vethNetwork(options: VethNetworkOptions): Omit<PodNetwork, 'withdrawn'> {
  const { run, clusterUid } = options;
  const pool = createAddressPool(options.podCidr);
  const attached = new Map<string, PodAttachment>();
  const prefix = linkPrefix(clusterUid, options.node);
  const linkOf = (podUid: string) => prefix + digest(podUid, 8);

  const hostPortsChanged = async (pod: PodAttachment | undefined) => {
    if (pod && pod.hostPorts.length > 0) await options.onHostPorts([...attached.values()]);
  };

  return {
    dns: options.dns,

    async allocate(podUid) {
      const address = pool.allocate(podUid);
      if (address === undefined) throw new Error(`no free address in ${options.podCidr}`);
      return address;
    },

    async setup(pod) {
      const link = linkOf(pod.podUid);
      pool.hold(pod.podUid, pod.ip);
      await addLink(run, link, pod);
      attached.set(pod.podUid, pod);
      await hostPortsChanged(pod);
    },

    async teardown(podUid) {
      const pod = attached.get(podUid);
      attached.delete(podUid);
      await removeLink(run, linkOf(podUid));
      await hostPortsChanged(pod);
      pool.release(podUid); // last: until the route is gone the address is not free
    },

    async adopt(pods) {
      for (const pod of pods) {
        pool.hold(pod.podUid, pod.ip);
        attached.set(pod.podUid, pod);
      }
      const kept = new Set(pods.map((pod) => linkOf(pod.podUid)));
      for (const link of await linksWith(run, prefix)) if (!kept.has(link)) await removeLink(run, link);
      // What is meant for a pod that is gone ends here, instead of leaving by the host's default route.
      await run('ip', ['route', 'replace', 'unreachable', options.podCidr]);
      if (pods.some((pod) => pod.hostPorts.length > 0)) await options.onHostPorts(pods);
    },

    async removeAll() {
      for (const link of await linksWith(run, prefix)) await removeLink(run, link);
      attached.clear();
      await ignoring(/No such process/, run('ip', ['route', 'del', 'unreachable', options.podCidr]));
    },
  };
}

/** Link names hold 15 characters: enough to tell clusters and nodes apart, so that each removes only its own. */
function linkPrefix(clusterUid: string, node: string): string {
  return `zp${digest(`${clusterUid}/${node}`, 5)}`;
}

// A pair of the pod's former sandbox may still be there: the kernel removes a dead namespace's links only after a while.
async function addLink(run: HostCommand, link: string, pod: PodAttachment): Promise<void> {
  const script = bothSides(link, pod);
  try {
    await run('sh', ['-e'], script);
  } catch (error) {
    if (!/File exists/.test(String(error))) throw error;
    await removeLink(run, link);
    await run('sh', ['-e'], script);
  }
}

// One shell for both: each process that the agent itself starts stops it for as long as the kernel takes to copy it.
function bothSides(link: string, pod: PodAttachment): string {
  return [`ip -batch - <<'END'`, hostSide(link, pod), 'END', `nsenter --net=/proc/${pod.sandboxPid}/ns/net ip -batch - <<'END'`, podSide(pod), 'END', ''].join('\n');
}

// The route and the address live and die with the link, so that removing the link removes all of it.
function hostSide(link: string, pod: PodAttachment): string {
  return [
    `link add ${link} address ${GATEWAY_MAC} type veth peer name eth0 netns ${pod.sandboxPid}`,
    `link set ${link} up alias zeroplane:${pod.podUid}`,
    `route replace ${pod.ip}/32 dev ${link}`,
  ].join('\n');
}

function podSide(pod: PodAttachment): string {
  return [
    'link set lo up',
    `addr add ${pod.ip}/32 dev eth0`,
    'link set eth0 up',
    `neigh replace ${GATEWAY} lladdr ${GATEWAY_MAC} dev eth0 nud permanent`,
    `route replace ${GATEWAY} dev eth0 scope link`,
    `route replace default via ${GATEWAY} dev eth0`,
  ].join('\n');
}

async function linksWith(run: HostCommand, prefix: string): Promise<string[]> {
  const links = JSON.parse(await run('ip', ['-json', 'link', 'show', 'type', 'veth'])) as { ifname?: string }[];
  return links.flatMap((link) => (link.ifname?.startsWith(prefix) ? [link.ifname] : []));
}

async function removeLink(run: HostCommand, link: string): Promise<void> {
  await ignoring(/Cannot find device/, run('ip', ['link', 'del', link]));
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
