import type { KubeObject } from '#api/object';

/** The Service `kubernetes` in `default`, by which pods reach the API, and what stands behind it. */
const IDENTITY = { name: 'kubernetes', namespace: 'default' };
const PORT = { name: 'https', port: 443, protocol: 'TCP' };

export function apiService(clusterIP: string, targetPort: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...IDENTITY, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports: [{ ...PORT, targetPort }], sessionAffinity: 'None' },
  };
}

export function apiEndpoints({ ip, port }: { ip: string; port: number }): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...IDENTITY, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip }], ports: [{ ...PORT, port }] }],
  };
}

export function apiEndpointSlice({ ip, port }: { ip: string; port: number }): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...IDENTITY, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: [{ ...PORT, port }],
  };
}
