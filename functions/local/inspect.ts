import type { Pod } from '#api/schema/kinds.generated';
import { PODS } from '#client/core-resources';
import { dataFolder, readCluster } from './data-folder.ts';
import { asAdmin, readyNodes, urlOf } from './admin-client.ts';
import { runningProcess } from './processes.ts';
import { processName, workersOf } from './workers.ts';

export type Status = { state: 'absent' } | ClusterStatus;

export interface ClusterStatus {
  state: 'running' | 'stopped';
  uid: string;
  url: string;
  kubeconfig: string;
  runtime: string;
  workers: { name: string; process: string; ready?: string }[];
  pods?: { running: number; total: number };
}

/** What there is in a data folder, and whether it runs. */
export async function inspect(dataDir: string): Promise<Status> {
  const folder = dataFolder(dataDir);
  const cluster = readCluster(folder);
  if (!cluster) return { state: 'absent' };
  const running = runningProcess(folder, 'server') !== undefined;
  // A server that does not answer is still a process that runs: say what is known.
  const seen = running ? await asAdmin(folder, cluster, async (client) => ({ nodes: await readyNodes(client), pods: (await client.list<Pod>(PODS)).items })).catch(() => undefined) : undefined;
  return {
    state: running ? 'running' : 'stopped',
    uid: cluster.uid,
    url: urlOf(cluster),
    kubeconfig: folder.kubeconfig,
    runtime: cluster.runtime,
    workers: workersOf(cluster).map((worker) => ({
      name: worker.name,
      process: runningProcess(folder, processName(worker)) === undefined ? 'agent stopped' : 'agent running',
      ...(seen ? { ready: seen.nodes.has(worker.name) ? 'ready' : 'not ready' } : {}),
    })),
    ...(seen ? { pods: { running: seen.pods.filter((pod) => pod.status?.phase === 'Running').length, total: seen.pods.length } } : {}),
  };
}
