/**
 * The pod network of one node, as the agent's sync uses it. A pod's address is known before its sandbox runs, so that what
 * needs it (env, /etc/hosts) is made while the sandbox starts.
 * Everything that an implementation makes on the host carries the cluster UID that it was opened with.
 */
export interface PodNetwork {
  /** The pod's address out of the node's pod CIDR: the same at every call until `teardown`. undefined: this network gives none. */
  allocate(podUid: string): Promise<string | undefined>;

  /** Joins the sandbox's network namespace; again for a pod whose sandbox was made anew. Idempotent. */
  setup(pod: PodAttachment): Promise<void>;

  /** Before a pod is told to end: resolves when no Service of this node sends it new connections any more, at the latest after `timeoutMs`. */
  withdrawn(podUid: string, timeoutMs: number): Promise<void>;

  /** Frees the address and everything on the host. Idempotent, also for a pod that was never set up. */
  teardown(podUid: string): Promise<void>;

  /** Once, before anything else: these run already, keep them; what else is there of this cluster goes. */
  adopt(pods: PodAttachment[]): Promise<void>;

  /** Removes all that this cluster has on the host (`down`). */
  removeAll(): Promise<void>;

  /** What stands in the resolv.conf of a pod with dnsPolicy ClusterFirst; undefined: the host's own. */
  readonly dns: ClusterDns | undefined;
}

export interface PodAttachment {
  podUid: string;
  namespace: string;
  name: string;
  /** As `allocate` gave it. */
  ip: string;
  /** A process in the sandbox's network namespace: its init. */
  sandboxPid: number;
  hostPorts: HostPort[];
}

export interface HostPort {
  hostPort: number;
  hostIp?: string;
  containerPort: number;
  protocol: 'TCP' | 'UDP' | 'SCTP';
}

export interface ClusterDns {
  nameserver: string;
  /** Such as `cluster.local`. */
  domain: string;
}
