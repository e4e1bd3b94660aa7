import type { Kubeconfig } from '#api/management/schemas';
import type { Manage } from './installation.ts';
import type { Login } from './login-file.ts';

/** With the CA by which this machine trusts the installation, where the installation knows of none. */
export async function kubeconfigFor(manage: Manage, { ca }: Login, name: string, expiresInHours?: number): Promise<Kubeconfig> {
  const made = await manage('getKubeconfig', { params: { cluster: name }, query: { expiresInSeconds: expiresInHours === undefined ? undefined : expiresInHours * 3600 } });
  if (ca === undefined) return made;
  const trust = { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return { ...made, clusters: made.clusters.map((entry) => ({ ...entry, cluster: { ...trust, ...entry.cluster } })) };
}
