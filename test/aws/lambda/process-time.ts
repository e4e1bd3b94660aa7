import { readFileSync, readdirSync } from 'node:fs';

export interface ProcessTime {
  atMs: number;
  /** On a processor, all threads together. */
  cpuMs: number;
  /** How long its main thread was ready and had none. */
  waitedMs: number;
}

/** From a vCPU on, which Lambda gives at this size, a thread runs at full speed. */
const FULL_VCPU_MB = 1769;

export function processTime(pid: number): ProcessTime {
  const threads = new Map(tasksOf(pid).map((task) => [task, schedstat(`/proc/${pid}/task/${task}/schedstat`)]));
  const cpuNs = [...threads.values()].reduce((sum, [cpu = 0]) => sum + cpu, 0);
  return { atMs: performance.now(), cpuMs: cpuNs / 1e6, waitedMs: (threads.get(String(pid))?.[1] ?? 0) / 1e6 };
}

/**
 * As Lambda would bill it: what passed on the clock, without what this machine's other programs took, and with what a share of a vCPU
 * makes of computing.
 */
export function billedMs(begin: ProcessTime, end: ProcessTime, memoryMb: number): number {
  const elapsedMs = end.atMs - begin.atMs - (end.waitedMs - begin.waitedMs);
  return elapsedMs + (end.cpuMs - begin.cpuMs) * Math.max(0, FULL_VCPU_MB / memoryMb - 1);
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has just ended
  }
}

function schedstat(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').trim().split(' ').map(Number);
  } catch {
    return [];
  }
}
