import { ensureWebImages } from '#test/support/images';
import { type LocalCluster, localCluster } from '#test/support/local-cluster';
import { type Figure, median, timedMs } from './figure.ts';
import { podReadyMs } from './pod-start.ts';

const RUNS = 5;

/** `up` as a person waits for it: the command's whole time, a new cluster's and one's that is brought back. */
export async function startUpFigures(): Promise<Figure[]> {
  await ensureWebImages();
  const fresh: number[] = [];
  const again: number[] = [];
  const withWorker: number[] = [];
  const withPod: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    await onFreshFolder(async (up) => void fresh.push(await up('--runtime', 'simulated', '--workers', '0')), again);
    await onFreshFolder(async (up, cluster) => {
      const workerMs = await up();
      withWorker.push(workerMs);
      withPod.push(workerMs + (await podReadyMs(cluster.client())));
    });
  }
  return [
    { what: '`up` of a new cluster to a serving API', ours: `${median(fresh).toFixed(0)} ms` },
    { what: '`up` of an existing cluster to a serving API', ours: `${median(again).toFixed(0)} ms` },
    { what: '`up` of a new cluster to a ready Docker worker', ours: `${median(withWorker).toFixed(0)} ms` },
    { what: '`up` of a new cluster to its first Ready pod', ours: `${median(withPod).toFixed(0)} ms` },
  ];
}

async function onFreshFolder(use: (up: (...args: string[]) => Promise<number>, cluster: LocalCluster) => Promise<void>, again?: number[]): Promise<void> {
  const cluster = localCluster('bench-up');
  const up = (...args: string[]): Promise<number> => timedMs(() => cluster.up(...args));
  try {
    await use(up, cluster);
    if (again === undefined) return;
    await cluster.zeroplane('down');
    again.push(await up());
  } finally {
    await cluster.remove();
  }
}
