import { readCluster, type ClusterRecord } from './cluster-records.ts';
import type { ClusterServer, InstallationDeps } from './deps.ts';

export interface OpenCluster {
  record: ClusterRecord;
  server: ClusterServer;
}

/** The servers of the clusters that were asked lately. */
export interface OpenClusters {
  named(name: string, origin: string): Promise<OpenCluster | undefined>;
  open(record: ClusterRecord, origin: string): Promise<OpenCluster>;
  /** Whether the name means something else by now, as another process may have seen to: its server is forgotten then. */
  hasMoved(cluster: OpenCluster): Promise<boolean>;
  forget(record: ClusterRecord): void;
}

export function clusterPath(name: string): string {
  return `/clusters/${name}`;
}

/**
 * A record is read once: what its cluster stores goes with it, the tokens first, so that a server which is kept too long lets nobody in.
 */
export function createOpenClusters(deps: InstallationDeps): OpenClusters {
  const opened = new Map<string, Promise<OpenCluster | undefined>>();

  const keep = (name: string, opening: Promise<OpenCluster | undefined>): Promise<OpenCluster | undefined> => {
    opened.delete(name); // the map's order is that of the last use
    opened.set(name, opening);
    const [oldest] = opened.keys();
    if (opened.size > deps.limits.openClusters && oldest !== undefined) opened.delete(oldest);
    return opening;
  };
  const begin = (name: string, opening: Promise<OpenCluster | undefined>): Promise<OpenCluster | undefined> => {
    const drop = (): void => void (opened.get(name) === opening && opened.delete(name));
    opening.then((found) => found ?? drop(), drop); // what is not there, or could not be opened, is looked for again
    return keep(name, opening);
  };
  const serverOf = async (record: ClusterRecord, origin: string): Promise<OpenCluster> => ({ record, server: await deps.openCluster(record, origin + clusterPath(record.name)) });

  return {
    named(name, origin) {
      const there = opened.get(name);
      if (there !== undefined) return keep(name, there);
      return begin(name, readCluster(deps, name).then((record) => record && serverOf(record, origin)));
    },
    async open(record, origin) {
      const opening = serverOf(record, origin);
      await begin(record.name, opening);
      return opening;
    },
    async hasMoved({ record }) {
      const now = await readCluster(deps, record.name);
      if (now?.uid === record.uid) return false;
      opened.delete(record.name);
      return true;
    },
    forget: ({ name }) => void opened.delete(name),
  };
}
