/** How everything that we make with Docker is known again; by Kubernetes' own labels where it has one, which other tools read too. */
export const LABEL = {
  cluster: 'dev.zeroplane.cluster',
  node: 'dev.zeroplane.node',
  podUid: 'io.kubernetes.pod.uid',
  podNamespace: 'io.kubernetes.pod.namespace',
  podName: 'io.kubernetes.pod.name',
  role: 'dev.zeroplane.role',
  container: 'io.kubernetes.container.name',
  attempt: 'dev.zeroplane.attempt',
  sandbox: 'dev.zeroplane.sandbox',
  specHash: 'dev.zeroplane.spec-hash',
  image: 'dev.zeroplane.image',
  imageId: 'dev.zeroplane.image-id',
  terminationFile: 'dev.zeroplane.termination-file',
  terminationFromLog: 'dev.zeroplane.termination-from-log',
} as const;

/** Whose containers: several nodes of a cluster may share one engine, and see only their own. */
export interface Owner {
  clusterUid: string;
  nodeName: string;
}

export function ownerLabels({ clusterUid, nodeName }: Owner): Record<string, string> {
  return { [LABEL.cluster]: clusterUid, [LABEL.node]: nodeName };
}

/** The filter of Docker's list, events and prune calls. */
export function labelFilter(labels: Record<string, string>): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`);
}
