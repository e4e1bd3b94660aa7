import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type DataFolder, readFileIfThere, writeFileDurably } from './data-folder.ts';

/**
 * The processes that `up` made, found again by their record in `run/`. A process id alone may be somebody else's by now, so a
 * record also holds the start time that the kernel gives (proc(5), field 22 of /proc/PID/stat).
 */
const ProcessRecord = z.object({ pid: z.int().positive(), startTicks: z.string() });
type ProcessRecord = z.infer<typeof ProcessRecord>;

const POLL_MS = 50;

/** How this same program is started in another role: the bundle by node, the sources by tsx's own arguments. */
export interface Program {
  execArgv: string[];
  script: string;
}

/**
 * What a request allocates lives until it is answered. With twice the room for the young, most are over when the collector looks, which then
 * takes half the time; a process that has little to do never fills it.
 */
const SERVER_HEAP = '--max-semi-space-size=32';

export function asServer(program: Program): Program {
  return { ...program, execArgv: [...asAgent(program).execArgv, SERVER_HEAP] };
}

/** Agents are started by the server, but need no heap like its own. */
export function asAgent(program: Program): Program {
  return { ...program, execArgv: program.execArgv.filter((argument) => argument !== SERVER_HEAP) };
}

/** Starts a process that outlives its parent; what it prints goes to `logs/NAME.log`. */
export function startProcess(folder: DataFolder, name: string, options: { program: Program; args: string[] }): ChildProcess {
  mkdirSync(folder.logs, { recursive: true, mode: 0o700 });
  const log = openSync(join(folder.logs, `${name}.log`), 'a', 0o600);
  try {
    const child = spawn(process.execPath, [...options.program.execArgv, options.program.script, ...options.args], { detached: true, stdio: ['ignore', log, log] });
    child.unref(); // or it would keep its parent alive
    if (child.pid !== undefined) recordProcess(folder, name, child.pid);
    return child;
  } finally {
    closeSync(log);
  }
}

export function recordProcess(folder: DataFolder, name: string, pid: number): void {
  const startTicks = startTicksOf(pid);
  if (startTicks !== undefined) writeFileDurably(recordFile(folder, name), JSON.stringify({ pid, startTicks }), 0o600);
}

/** The process id when the recorded process still runs. */
export function runningProcess(folder: DataFolder, name: string): number | undefined {
  const text = readFileIfThere(recordFile(folder, name));
  const record = text === undefined ? undefined : ProcessRecord.safeParse(JSON.parse(text)).data;
  return record && startTicksOf(record.pid) === record.startTicks ? record.pid : undefined;
}

/** SIGTERM, and SIGKILL when that is not obeyed in time. Resolves when the process is gone. */
export async function stopProcess(folder: DataFolder, name: string, graceMs: number): Promise<void> {
  const pid = runningProcess(folder, name);
  if (pid !== undefined) {
    signal(pid, 'SIGTERM');
    const deadlineMs = Date.now() + graceMs;
    while (runningProcess(folder, name) !== undefined) {
      if (Date.now() > deadlineMs) signal(pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  rmSync(recordFile(folder, name), { force: true });
}

/** The last lines that a process printed, for an error message. */
export function lastLines(folder: DataFolder, name: string, count: number): string {
  return (readFileIfThere(join(folder.logs, `${name}.log`)) ?? '').trimEnd().split('\n').slice(-count).join('\n');
}

function recordFile(folder: DataFolder, name: string): string {
  return join(folder.run, `${name}.json`);
}

// The command's name, field 2, may hold spaces and parentheses: count the fields behind its last ')'. A zombie (state Z) runs no more.
function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
