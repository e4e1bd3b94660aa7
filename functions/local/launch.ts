import { randomInt, randomUUID } from 'node:crypto';
import { Failure } from '#client/failure';
import { type Cluster, type DataFolder, dataFolder, readCluster, writeCluster } from './data-folder.ts';
import { asAdmin, readyNodes, urlOf } from './admin-client.ts';
import { chooseRanges } from './addresses.ts';
import { choosePort } from './ports.ts';
import { type Program, asServer, lastLines, runningProcess, startProcess, stopProcess } from './processes.ts';
import { inTurn } from './turn.ts';
import { processName, workersOf } from './workers.ts';

/** `up`, `down` and `status` seen from outside of the server's process. */
export interface LaunchOptions {
  dataDir: string;
  port?: number | undefined;
  workers?: number | undefined;
  runtime?: 'docker' | 'simulated' | undefined;
  program: Program;
  say(detail: string): void;
}

export interface Launched {
  url: string;
  kubeconfig: string;
  nodes: string[];
  nodesReady(say: (detail: string) => void): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const NODES_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 10_000;
const POLL_MS = 25;

/** What is going to run the pods: what was asked for, else what the folder's cluster was made with, else Docker. */
export function runtimeOf({ dataDir, runtime }: Pick<LaunchOptions, 'dataDir' | 'runtime'>): Cluster['runtime'] {
  return runtime ?? readCluster(dataFolder(dataDir))?.runtime ?? 'docker';
}

/** Starts the server of a folder, or finds it running; resolves when the API answers. */
export function launch(options: LaunchOptions): Promise<Launched> {
  return inTurn(dataFolder(options.dataDir), () => launchAlone(options));
}

async function launchAlone(options: LaunchOptions): Promise<Launched> {
  const folder = dataFolder(options.dataDir);
  const cluster = await settle(folder, options);
  const workers = workersOf(cluster);
  // What a node said before the last `down` says nothing of the agent that starts now.
  const startMs = Math.floor(Date.now() / 1000) * 1000;
  const awaited = workers.map((worker) => ({ name: worker.name, sinceMs: runningProcess(folder, processName(worker)) === undefined ? startMs : 0 }));
  if (runningProcess(folder, 'server') === undefined) {
    options.say('starting the server');
    startProcess(folder, 'server', { program: asServer(options.program), args: ['server', '--data-dir', folder.root] });
  }
  await until('the API server', { logs: folder.logs, timeoutMs: START_TIMEOUT_MS }, async () => {
    if (runningProcess(folder, 'server') === undefined) throw new Failure('the server ended at once', { why: lastLines(folder, 'server', 15) });
    options.say(`waiting for ${urlOf(cluster)}`);
    return answers(folder, cluster);
  });
  return { url: urlOf(cluster), kubeconfig: folder.kubeconfig, nodes: workers.map(({ name }) => name), nodesReady: (say) => nodesReady({ folder, cluster, awaited }, say) };
}

/** Ends the processes; pods and data stay. */
export function stop(dataDir: string): Promise<void> {
  const folder = dataFolder(dataDir);
  return inTurn(folder, () => stopProcesses(folder));
}

/** For those whose turn it is. */
export async function stopProcesses(folder: DataFolder): Promise<void> {
  const cluster = readCluster(folder);
  // The server first: it would start the agents again.
  await stopProcess(folder, 'server', STOP_GRACE_MS);
  await Promise.all((cluster ? workersOf(cluster) : []).map((worker) => stopProcess(folder, processName(worker), STOP_GRACE_MS)));
}

async function answers(folder: DataFolder, cluster: Cluster): Promise<boolean> {
  try {
    return (await asAdmin(folder, cluster, (client) => client.raw({ method: 'GET', path: '/readyz', headers: {} }))) !== undefined;
  } catch {
    return false; // not listening yet
  }
}

async function nodesReady({ folder, cluster, awaited }: { folder: DataFolder; cluster: Cluster; awaited: { name: string; sinceMs: number }[] }, say: (detail: string) => void): Promise<void> {
  await until('the workers', { logs: folder.logs, timeoutMs: NODES_TIMEOUT_MS }, async () => {
    const ready = await asAdmin(folder, cluster, readyNodes).catch(() => undefined);
    const [missing] = awaited.filter(({ name, sinceMs }) => (ready?.get(name) ?? -1) < sinceMs);
    if (missing !== undefined) say(`${missing.name} has not said that it is ready`);
    return missing === undefined;
  });
}

// What was chosen at the first `up` stays: a cluster that comes back is the same cluster. Only the number of workers may be changed.
async function settle(folder: DataFolder, options: LaunchOptions): Promise<Cluster> {
  const there = readCluster(folder);
  if (!there) {
    const made: Cluster = { uid: randomUUID(), port: await choosePort(options.port), runtime: runtimeOf(options), workers: options.workers ?? 1, ...(await chooseRanges(randomInt(256))) };
    writeCluster(folder, made);
    return made;
  }
  const refused = [
    options.port !== undefined && options.port !== there.port ? `--port ${options.port}: this cluster has port ${there.port}` : '',
    options.runtime !== undefined && options.runtime !== there.runtime ? `--runtime ${options.runtime}: this cluster runs on ${there.runtime}` : '',
  ].filter(Boolean);
  if (refused.length > 0) throw new Failure('an existing cluster keeps what it was made with', { why: refused.join('\n'), fix: 'Leave the option out, or use another --data-dir.' });
  if (options.workers === undefined || options.workers === there.workers) return there;
  const changed = { ...there, workers: options.workers };
  writeCluster(folder, changed);
  return changed;
}

async function until(what: string, { logs, timeoutMs }: { logs: string; timeoutMs: number }, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Failure(`not ready within ${timeoutMs / 1000} s: ${what}`, { fix: `Look at what the processes print: ${logs}` });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
