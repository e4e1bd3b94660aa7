import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import { revokeTokenDigest, storeTokenDigest, type TokenRecord } from '#server/authenticate/api-token';
import { bootstrapCluster } from '#server/bootstrap/bootstrap';
import { defaultClusterRoleBindings, defaultClusterRoles } from '#server/bootstrap/roles';
import type { ServerDeps } from '#server/deps';
import { INSTALLATION } from '#server/management/claims';
import { DEFAULT_CLUSTER, ensureCluster, type ClusterRecord, type RecordDeps } from '#server/management/cluster-records';
import { readFacts, storeFacts } from './cluster-facts.ts';
import { DEFAULT_NETWORK } from './configuration.ts';
import type { Secrets } from './secrets.ts';
import type { Storage } from './storage.ts';

const KEY = 'deployment';

/** What was done by the last start that had something to do. */
interface Done {
  adminToken: string;
}

/**
 * What an installation needs before its first answer: the administrator's token, for `/v1` and for the cluster that it begins with, and the
 * name of that cluster. One read where all is done. Several environments may do it at once.
 */
export async function ensureInstallation(deps: RecordDeps, { adminToken, cluster }: { adminToken: string; cluster: string }): Promise<void> {
  const { table } = deps;
  const claim = await table.readClaim(INSTALLATION, KEY);
  const done = claim && fromJsonBytes<Done>(claim.value);
  if (done?.adminToken === adminToken) return;

  const common = { owner: 'admin', description: 'of the deployment' };
  const admins: [string, TokenRecord][] = [
    [INSTALLATION, { user: 'installation-admin', groups: [], ...common }],
    [cluster, { user: 'kubernetes-admin', groups: ['system:masters'], ...common }],
  ];
  for (const [of, record] of admins) {
    await storeTokenDigest({ table, cluster: of }, adminToken, record);
    if (done !== undefined) await revokeTokenDigest({ table, cluster: of }, done.adminToken);
  }
  await ensureCluster(deps, { name: DEFAULT_CLUSTER, uid: cluster, owner: 'admin', network: DEFAULT_NETWORK });
  await table.commit({ writes: [], claims: [{ cluster: INSTALLATION, key: KEY, value: toJsonBytes({ adminToken }) }] });
}

/** What a cluster needs before its first answer: the CA where controllers find it, the objects that every cluster has. Again after an update of our own roles, and in a table that was restored. */
export async function ensureContents(deps: ServerDeps, { uid, network }: ClusterRecord, { secrets, storage }: { secrets: () => Promise<Secrets>; storage: Storage }): Promise<void> {
  const { digest } = deps;
  const { table, tableName } = storage;
  const roles = digest.sha256(JSON.stringify([defaultClusterRoles(), defaultClusterRoleBindings()]));
  const facts = await readFacts(table, uid);
  if (facts?.roles === roles && facts.table === tableName) return;
  // Point-in-time recovery copies into a table of another name; until the facts say this one's, no loop writes to it.
  if (facts !== undefined && facts.table !== tableName) await table.restore(uid);

  const rootCa = (await secrets()).authority.certificate;
  await storeFacts(table, uid, { rootCa, network, roles: '', table: tableName });
  // The API has no address of its own inside of the cluster: the nodes answer for it.
  await bootstrapCluster(deps, { apiAddress: { ip: '127.0.0.1', port: 443 } });
  await storeFacts(table, uid, { rootCa, network, roles, table: tableName });
  await deps.doorbell.ring(uid).catch((error: unknown) => deps.report({ what: 'the doorbell did not ring', error }));
}
