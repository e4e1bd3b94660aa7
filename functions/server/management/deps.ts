import type { ClusterNetwork } from '#api/management/schemas';
import type { Clock } from '#ports/clock';
import type { Digest } from '#ports/digest';
import type { Ids } from '#ports/ids';
import type { Table } from '#ports/table';
import type { AppEnv } from '../app-env.ts';
import type { ClusterRecord } from './cluster-records.ts';

/** All that an installation is made from: several clusters over one table, and `/v1` to manage them. */
export interface InstallationDeps {
  table: Table;
  clock: Clock;
  ids: Ids;
  digest: Digest;
  report: (failure: { what: string; error: unknown }) => void;
  home: 'aws' | 'local';
  region?: string;
  limits: { clusters: number; /** Whose servers are kept ready; the others are opened again when they are asked. */ openClusters: number };
  /** PEM of the CA that clients must trust to reach this installation; without it, one that every machine trusts. */
  authority?: string;
  /** Where the addresses of a new cluster's pods and Services come from. */
  chooseNetwork(taken: ClusterNetwork[]): ClusterNetwork | Promise<ClusterNetwork>;
  /** Makes what the cluster lacks, as all of it for a new one, and its API server at `externalUrl`. */
  openCluster(record: ClusterRecord, externalUrl: string): Promise<ClusterServer>;
  /** The cluster is removed: nothing here is to work for it any more. */
  closeCluster(uid: string): Promise<void>;
}

export interface ClusterServer {
  fetch(request: Request, env?: AppEnv['Bindings']): Response | Promise<Response>;
}
