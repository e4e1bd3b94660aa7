import type { KubeObject } from '#api/object';

export function podOf(name: string): KubeObject & { spec: object } {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name, labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'example.test/web:1' }] } };
}

export function deploymentOf(name: string, replicas: number): KubeObject & { spec: object } {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'example.test/web:1' }] } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'default', name }, spec: { replicas, selector: { matchLabels: labels }, template } };
}
