import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { createNodeChannel } from '#adapters/in-process/node-channel';
import { createSigner } from '#adapters/signer/key-file-signer';
import { openEmbeddedTable } from '#adapters/embedded/open';
import { systemClock } from '#adapters/system/clock';
import { systemDigest } from '#adapters/system/digest';
import { systemIds } from '#adapters/system/ids';
import { createControllers, servedKinds } from '#controllers/registry';
import { createLoop } from '#controllers/runtime/loop';
import { createResident } from '#controllers/runtime/resident';
import { createApp } from '#server/app';
import { bootstrap } from '#server/bootstrap/bootstrap';
import type { ServerDeps } from '#server/deps';
import { openObjectStore } from '#store/open';
import { addressAt, hostAddress, hostAddresses } from './addresses.ts';
import { ensureKubeconfig, ensureNodeToken } from './credentials.ts';
import { type Cluster, type DataFolder, dataFolder, readCluster } from './data-folder.ts';
import { listenHttps } from './https-server.ts';
import { loadPki } from './pki.ts';
import { type Program, recordProcess } from './processes.ts';
import { keepWorker, workersOf } from './workers.ts';

const ISSUER = 'https://kubernetes.default.svc';
const DOMAIN = 'cluster.local';

/**
 * The control plane of one machine in one process: API server, loop and store. Ends, cleanly, at SIGTERM or SIGINT; may be killed at any moment.
 */
export async function runServer(options: { dataDir: string; program: Program }): Promise<void> {
  const folder = dataFolder(options.dataDir);
  const cluster = readCluster(folder);
  if (!cluster) throw new Error(`${folder.root} holds no cluster: \`zeroplane up\` makes one`);
  recordProcess(folder, 'server', process.pid);
  const ended = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => ended.abort());

  const controlPlane = await startControlPlane(folder, cluster, ended.signal);
  const workers = workersOf(cluster).map(async (worker) => {
    const tokenFile = await controlPlane.nodeToken(worker.name);
    const args = () => agentArguments(folder, cluster, { ...worker, tokenFile });
    await keepWorker(folder, worker, { program: options.program, args, signal: ended.signal });
  });
  await Promise.all(workers);
  await controlPlane.closed;
}
