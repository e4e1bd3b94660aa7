import { numberToAddress, parseRange } from '#api/ipv4';

// One /24 for each node, as kube-controller-manager's --node-cidr-mask-size does it by default.
const NODE_BITS = 24;

/** How many nodes the cluster's pod range has room for. */
export function nodeRangeCount(clusterPodCidr: string): number {
  return 2 ** Math.max(0, NODE_BITS - parseRange(clusterPodCidr).bits);
}

export function nodeRange(clusterPodCidr: string, index: number): string {
  return `${numberToAddress(parseRange(clusterPodCidr).base + index * 2 ** (32 - NODE_BITS))}/${NODE_BITS}`;
}
