import { encodeBase64 } from '../codec/base64.ts';
import type { Kubeconfig } from './schemas.ts';

export interface KubeconfigOptions {
  /** Of the cluster and the context. */
  name: string;
  url: string;
  /** PEM of the CA; undefined where every machine trusts the server. */
  authority: string | undefined;
  token: string;
  namespace?: string;
}

/** The name of an installation's cluster in kubeconfigs, beside whatever else they have. */
export function contextOf(cluster: string): string {
  return `zeroplane-${cluster}`;
}

/** A kubeconfig of one cluster and one user. */
export function kubeconfigOf({ name, url, authority, token, namespace }: KubeconfigOptions): Kubeconfig {
  const user = `${name}-admin`;
  const trust = authority === undefined ? {} : { 'certificate-authority-data': encodeBase64(new TextEncoder().encode(authority)) };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, ...trust } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name, context: { cluster: name, user, ...(namespace === undefined ? {} : { namespace }) } }],
    'current-context': name,
  };
}
