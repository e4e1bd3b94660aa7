/** How everything that we make with Docker is known again. */
export const LABEL = {
  cluster: 'dev.zeroplane.cluster',
  podUid: 'dev.zeroplane.pod.uid',
  podNamespace: 'dev.zeroplane.pod.namespace',
  podName: 'dev.zeroplane.pod.name',
  role: 'dev.zeroplane.role',
  container: 'dev.zeroplane.container',
  attempt: 'dev.zeroplane.attempt',
  sandbox: 'dev.zeroplane.sandbox',
  specHash: 'dev.zeroplane.spec-hash',
  image: 'dev.zeroplane.image',
  imageId: 'dev.zeroplane.image-id',
  terminationFile: 'dev.zeroplane.termination-file',
  terminationFromLog: 'dev.zeroplane.termination-from-log',
} as const;

/** The filter of Docker's list, events and prune calls. */
export function labelFilter(labels: Record<string, string>): string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`);
}
