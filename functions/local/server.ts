import { startControlPlane } from './control-plane.ts';
import { dataFolder, readCluster } from './data-folder.ts';
import { type Program, asAgent, recordProcess } from './processes.ts';
import { keepWorker, workersOf } from './workers.ts';

/**
 * The process that `up` starts: the control plane of one machine, and watch over its agents. Ends cleanly at SIGTERM or SIGINT, and may
 * be killed at any moment: what it acknowledged is in the store.
 */
export async function runServer(options: { dataDir: string; program: Program }): Promise<void> {
  const folder = dataFolder(options.dataDir);
  const cluster = readCluster(folder);
  if (!cluster) throw new Error(`${folder.root} holds no cluster: \`zeroplane up\` makes one`);
  recordProcess(folder, 'server', process.pid);
  const ended = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => ended.abort());

  const controlPlane = await startControlPlane(folder, cluster);
  const workers = workersOf(cluster).map(async (worker) => {
    const args = await controlPlane.agentArguments(worker.name);
    await keepWorker(folder, worker, { program: asAgent(options.program), args, signal: ended.signal });
  });
  await Promise.all([...workers, new Promise((resolve) => ended.signal.addEventListener('abort', resolve))]);
  await controlPlane.close();
}
