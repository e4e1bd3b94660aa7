import type { KubeObject } from '#api/object';
import type { NodeSettings } from '#api/node-settings';
import type { ApiClient } from '#client/api-client';
import { isNotFound } from '#client/api-error';
import { NAMESPACES } from '#client/core-resources';

/** What the node must know of its cluster. A plain Kubernetes API server has no such answer: what is customary is taken, and kube-system's UID. */
export async function clusterSettings(client: ApiClient, nodeName: string): Promise<NodeSettings> {
  try {
    return await client.json<NodeSettings>('GET', `/zeroplane/v1/nodes/${nodeName}/settings`);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const { metadata } = await client.get<KubeObject>(NAMESPACES, { name: 'kube-system' });
  return {
    clusterUid: metadata.uid ?? '',
    podCidr: '10.244.0.0/24',
    clusterPodCidr: '10.244.0.0/16',
    serviceCidr: '10.96.0.0/16',
    loadBalancerCidr: '10.97.0.0/24',
    dnsIp: '10.96.0.10',
    clusterDomain: 'cluster.local',
    maxParallelRequests: 16,
  };
}
