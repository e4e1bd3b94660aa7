import { hostname } from 'node:os';
import { systemClock } from '#client/clock';
import type { Cluster, DataFolder } from './data-folder.ts';
import { type Program, runningProcess, startProcess } from './processes.ts';

/** The agents of this machine: programs of their own, that outlive the server and are found again by it. */
export interface Worker {
  name: string;
  index: number;
}

const RESTART_FIRST_MS = 500;
const RESTART_CAP_MS = 30_000;
/** An agent that ran this long was well: its next death starts the back-off anew. */
const RESTART_RESET_MS = 60_000;

export function workersOf(cluster: Cluster): Worker[] {
  const host = hostname().toLowerCase().replace(/[^a-z0-9.-]/g, '-');
  return Array.from({ length: cluster.workers }, (_, index) => ({ name: index === 0 ? host : `${host}-${index + 1}`, index }));
}

export function processName(worker: Worker): string {
  return `agent-${worker.name}`;
}

export interface WorkerSettings {
  program: Program;
  args: string[];
}

/** Starts an agent that does not run, and again whenever it ends, until the signal aborts. One that runs already is left alone. */
export async function keepWorker(folder: DataFolder, worker: Worker, settings: WorkerSettings & { signal: AbortSignal }): Promise<void> {
  const name = processName(worker);
  let delayMs = RESTART_FIRST_MS;
  while (!settings.signal.aborted) {
    const startedMs = Date.now();
    if (runningProcess(folder, name) === undefined) startProcess(folder, name, { program: settings.program, args: ['agent', ...settings.args] });
    while (!settings.signal.aborted && runningProcess(folder, name) !== undefined) await systemClock.sleep(500, settings.signal);
    delayMs = Date.now() - startedMs > RESTART_RESET_MS ? RESTART_FIRST_MS : Math.min(RESTART_CAP_MS, delayMs * 2);
    await systemClock.sleep(delayMs, settings.signal);
  }
}
