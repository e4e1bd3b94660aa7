import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import type { ClusterNetwork } from '#api/management/schemas';
import type { Table } from '#ports/table';

const KEY = 'facts';

/** What the loop must know of a cluster, stored with it by the api function: the others have no right to the parameter that holds the CA's key. */
export interface ClusterFacts {
  rootCa: string;
  network: ClusterNetwork;
  /** A digest of the roles that were made; the cluster is whole when it is that of the present ones. */
  roles: string;
  /** The name of the table that this was written in: in a copy of it that was restored it is another's. */
  table: string;
}

/** undefined: there is no such cluster, or nobody has asked it anything yet. */
export async function readFacts(table: Table, cluster: string): Promise<ClusterFacts | undefined> {
  const claim = await table.readClaim(cluster, KEY);
  return claim && fromJsonBytes<ClusterFacts>(claim.value);
}

export async function storeFacts(table: Table, cluster: string, facts: ClusterFacts): Promise<void> {
  await table.commit({ writes: [], claims: [{ cluster, key: KEY, value: toJsonBytes(facts) }] });
}
