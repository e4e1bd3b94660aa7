/** What an agent must know of its cluster before it can run pods; `GET /zeroplane/v1/nodes/{node}/settings`. */
export interface NodeSettings {
  clusterUid: string;
  /** This node's own range, the same at every call. */
  podCidr: string;
  /** All nodes' ranges are within this one. */
  clusterPodCidr: string;
  serviceCidr: string;
  loadBalancerCidr: string;
  /** The cluster IP at which each node answers DNS itself. */
  dnsIp: string;
  clusterDomain: string;
  /** Requests that this node may make at once: the server's home may have little room (new AWS accounts: ten at once, for everybody). */
  maxParallelRequests: number;
}
