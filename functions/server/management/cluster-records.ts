import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import type { ClusterNetwork } from '#api/management/schemas';
import type { Clock } from '#ports/clock';
import { hasCode } from '#ports/errors';
import type { Table } from '#ports/table';
import { INSTALLATION } from './claims.ts';
import { ManagementError, noCluster } from './management-error.ts';

/** What an installation knows of a cluster. Its name leads to its UID, with which all that it stores begins. */
export interface ClusterRecord {
  name: string;
  uid: string;
  owner: string;
  createdAtMs: number;
  network: ClusterNetwork;
}

export type RecordDeps = { table: Table; clock: Clock };

/** The cluster that an installation begins with. It is reached at the root path too, and stays. */
export const DEFAULT_CLUSTER = 'default';

const CLUSTERS = 'cluster/';
const WITH_NODES = 'nodes/';
const REMOVED = 'removed/';
const PURGED_WITHIN_SECONDS = 86_400;

export async function readCluster({ table }: RecordDeps, name: string): Promise<ClusterRecord | undefined> {
  const claim = await table.readClaim(INSTALLATION, CLUSTERS + name);
  return claim && fromJsonBytes<ClusterRecord>(claim.value);
}

export async function requireCluster(deps: RecordDeps, name: string): Promise<ClusterRecord> {
  const record = await readCluster(deps, name);
  if (record === undefined) throw noCluster(name);
  return record;
}

export async function listClusters({ table }: RecordDeps): Promise<ClusterRecord[]> {
  return (await table.claims(INSTALLATION, CLUSTERS)).map(({ value }) => fromJsonBytes<ClusterRecord>(value));
}

/** Throws AlreadyExists. */
export async function storeCluster({ table }: RecordDeps, record: ClusterRecord): Promise<void> {
  try {
    await table.commit({ writes: [], claims: [{ cluster: INSTALLATION, key: CLUSTERS + record.name, expect: null, value: toJsonBytes(record) }] });
  } catch (error) {
    if (hasCode(error, 'Conflict')) throw new ManagementError('AlreadyExists', `there is a cluster "${record.name}" already`);
    throw error;
  }
}

/** For the cluster that the installation comes with: as it is said here, whatever stood there. */
export async function ensureCluster(deps: RecordDeps, record: Omit<ClusterRecord, 'createdAtMs'>): Promise<ClusterRecord> {
  const there = await readCluster(deps, record.name);
  if (there?.uid === record.uid) return there;
  const made = { ...record, createdAtMs: deps.clock.now() };
  await deps.table.commit({ writes: [], claims: [{ cluster: INSTALLATION, key: CLUSTERS + record.name, value: toJsonBytes(made) }] });
  return made;
}

/** From now on nobody finds it; `removed/` is the promise to purge it, which ends by itself. */
export async function removeCluster({ table, clock }: RecordDeps, { name, uid }: ClusterRecord): Promise<void> {
  const claim = await table.readClaim(INSTALLATION, CLUSTERS + name);
  if (claim === undefined || fromJsonBytes<ClusterRecord>(claim.value).uid !== uid) throw noCluster(name);
  const removedAtMs = clock.now();
  const promise = { value: toJsonBytes({ name, removedAtMs }), expiresAtSeconds: Math.ceil(removedAtMs / 1000) + PURGED_WITHIN_SECONDS };
  await table.commit({
    writes: [],
    claims: [
      { cluster: INSTALLATION, key: CLUSTERS + name, expect: claim.version, value: null },
      { cluster: INSTALLATION, key: REMOVED + uid, ...promise },
      { cluster: INSTALLATION, key: WITH_NODES + uid, value: null },
    ],
  });
}

export async function removedClusters({ table }: RecordDeps): Promise<{ uid: string; removedAtMs: number }[]> {
  const claims = await table.claims(INSTALLATION, REMOVED);
  return claims.map(({ key, value }) => ({ uid: key.slice(REMOVED.length), ...fromJsonBytes<{ removedAtMs: number }>(value) }));
}

/** The tick looks at clusters with nodes each minute, and at idle ones rarely. */
export async function noteNodes({ table }: RecordDeps, uid: string): Promise<void> {
  await table.commit({ writes: [], claims: [{ cluster: INSTALLATION, key: WITH_NODES + uid, value: toJsonBytes({}) }] });
}

export async function clustersWithNodes({ table }: RecordDeps): Promise<Set<string>> {
  return new Set((await table.claims(INSTALLATION, WITH_NODES)).map(({ key }) => key.slice(WITH_NODES.length)));
}
