import { rmSync } from 'node:fs';
import { dataFolder, readCluster } from './data-folder.ts';
import { stop } from './launch.ts';
import { workersOf } from './workers.ts';

/** Ends the processes and removes all that the cluster has on this machine outside of its folder; with `purge`, the folder too. */
export async function tearDown(options: { dataDir: string; purge: boolean; say(detail: string): void }): Promise<void> {
  const folder = dataFolder(options.dataDir);
  const cluster = readCluster(folder);
  options.say('ending its processes');
  await stop(options.dataDir);
  if (cluster?.runtime === 'docker') {
    options.say('removing its containers');
    const { removeAll } = await import('#node-agent/remove-all');
    await removeAll({ clusterUid: cluster.uid, nodes: workersOf(cluster).map(({ name }) => ({ name, dataDir: folder.worker(name) })) });
  }
  if (options.purge) rmSync(folder.root, { recursive: true, force: true });
}
