import { revokeTokenDigest, storeTokenDigest } from '#server/authenticate/api-token';
import { bootstrapCluster } from '#server/bootstrap/bootstrap';
import { defaultClusterRoleBindings, defaultClusterRoles } from '#server/bootstrap/roles';
import type { ServerDeps } from '#server/deps';
import { storeRootCa } from './root-ca.ts';
import type { Secrets } from './secrets.ts';

const KEY = 'installation';

/** What was done by the last start that had something to do. */
interface Done {
  adminToken: string;
  roles: string;
}

/**
 * What a cluster needs before its first answer: the administrator's token, the CA where controllers find it, the objects that every cluster
 * has. One read where all is done; again after an update of the template or of our own roles. Several environments may do it at once.
 */
export async function ensureInstallation(deps: ServerDeps, options: { adminToken: string; secrets: () => Promise<Secrets> }): Promise<void> {
  const { table, digest, store } = deps;
  const { cluster } = store;
  const wanted: Done = { adminToken: options.adminToken, roles: digest.sha256(JSON.stringify([defaultClusterRoles(), defaultClusterRoleBindings()])) };
  const claim = await table.readClaim(cluster, KEY);
  const done = claim && (JSON.parse(new TextDecoder().decode(claim.value)) as Done);
  if (done?.adminToken === wanted.adminToken && done.roles === wanted.roles) return;

  await storeRootCa(table, cluster, (await options.secrets()).authority.certificate);
  await storeTokenDigest({ table, cluster }, wanted.adminToken, { user: 'kubernetes-admin', groups: ['system:masters'] });
  if (done !== undefined && done.adminToken !== wanted.adminToken) await revokeTokenDigest({ table, cluster }, done.adminToken);
  // The API has no address of its own inside of the cluster: the nodes answer for it.
  await bootstrapCluster(deps, { apiAddress: { ip: '127.0.0.1', port: 443 } });
  await table.commit({ writes: [], claims: [{ cluster, key: KEY, value: new TextEncoder().encode(JSON.stringify(wanted)) }] });
  await deps.doorbell.ring(cluster).catch((error: unknown) => deps.report({ what: 'the doorbell did not ring', error }));
}
