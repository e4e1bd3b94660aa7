import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { PODS } from '#client/core-resources';
import type { Pod } from '#api/schema/kinds.generated';
import { isPodReady } from '#core/pod-state';
import { eventually } from '#test/support/eventually';
import { WEB_V1, ensureWebImages } from '#test/support/images';
import { localCluster, type LocalCluster } from '#test/support/local-cluster';
import type { Figure } from './figure.ts';

const SETTLE_MS = 20_000;
const MEASURED_MS = 60_000;
const TICKS_PER_SECOND = 100;

/** What a cluster costs that has one pod and nothing to do: server and agent together. */
export async function idleFigures(): Promise<Figure[]> {
  await ensureWebImages();
  const cluster = localCluster('bench-idle');
  try {
    await cluster.up();
    await startPod(cluster);
    const pids = [cluster.pid('server'), cluster.pid(`agent-${hostname().toLowerCase()}`)];
    await pause(SETTLE_MS);
    const before = pids.map(cpuTicks);
    await pause(MEASURED_MS);
    const ticks = pids.map((pid, i) => cpuTicks(pid) - (before[i] ?? 0));
    return [figureOf('idle with one pod, server and agent: CPU', ticks.map((count) => (count / TICKS_PER_SECOND / MEASURED_MS) * 1e5), '% of a core'), figureOf('  and memory', pids.map(residentMb), 'MB')];
  } finally {
    await cluster.remove();
  }
}

function figureOf(what: string, parts: number[], unit: string): Figure {
  const sum = parts.reduce((total, part) => total + part, 0);
  return { what, ours: `${sum.toFixed(1)} ${unit} (${parts.map((part) => part.toFixed(1)).join(' + ')})` };
}

async function startPod(cluster: LocalCluster): Promise<void> {
  const client = cluster.client();
  const where = { namespace: 'default', name: 'quiet' };
  await client.create<Pod>(PODS, { apiVersion: 'v1', kind: 'Pod', metadata: where, spec: { containers: [{ name: 'web', image: WEB_V1 }] } });
  await eventually('the pod is ready', async () => isPodReady(await client.get<Pod>(PODS, where)));
}

// proc(5): utime and stime are fields 14 and 15; the name, field 2, may hold spaces.
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
