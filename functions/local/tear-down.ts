import { readdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DataFolder, dataFolder, readCluster } from './data-folder.ts';
import { stopProcesses } from './launch.ts';
import { inTurn } from './turn.ts';

export interface TearDownOptions {
  dataDir: string;
  purge: boolean;
  say(detail: string): void;
}

/** Ends the processes and removes all that the cluster has on this machine outside of its folder; with `purge`, the folder too. */
export function tearDown(options: TearDownOptions): Promise<void> {
  const folder = dataFolder(options.dataDir);
  return inTurn(folder, () => tearDownAlone(folder, options));
}

async function tearDownAlone(folder: DataFolder, options: TearDownOptions): Promise<void> {
  const cluster = readCluster(folder);
  options.say('ending its processes');
  await stopProcesses(folder);
  if (cluster?.runtime === 'docker') {
    options.say('removing its containers');
    const { removeAll } = await import('#node-agent/remove-all');
    await removeAll({ clusterUid: cluster.uid, nodes: everyWorker(folder).map((name) => ({ name, dataDir: folder.worker(name) })) });
  }
  if (options.purge) rmSync(folder.root, { recursive: true, force: true });
}

// Also those that it has no more: an `up` with fewer workers leaves their pods to the control plane, which may not have ended them yet.
function everyWorker(folder: DataFolder): string[] {
  try {
    return readdirSync(dirname(folder.worker('any')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
