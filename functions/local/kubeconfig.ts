import { stringify } from 'yaml';

export interface KubeconfigOptions {
  /** Of the cluster and the context. */
  name: string;
  url: string;
  /** PEM of the CA. */
  authority: string;
  token: string;
  namespace?: string;
}

/** A kubeconfig of one cluster and one user. */
export function kubeconfigOf({ name, url, authority, token, namespace }: KubeconfigOptions): string {
  const user = `${name}-admin`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(authority).toString('base64') } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name, context: { cluster: name, user, ...(namespace === undefined ? {} : { namespace }) } }],
    'current-context': name,
  });
}
