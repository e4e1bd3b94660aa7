import { localCluster } from '#test/support/local-cluster';
import { type Figure, median, timedMs } from './figure.ts';

const RUNS = 5;

/** `up` as a person waits for it: the command's whole time, a new cluster's and one's that is brought back. */
export async function startUpFigures(): Promise<Figure[]> {
  const fresh: number[] = [];
  const again: number[] = [];
  const withWorker: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    await onFreshFolder(async (up) => void fresh.push(await up('--runtime', 'simulated', '--workers', '0')), again);
    await onFreshFolder(async (up) => void withWorker.push(await up()));
  }
  return [
    { what: '`up` of a new cluster to a serving API', ours: `${median(fresh).toFixed(0)} ms` },
    { what: '`up` of an existing cluster to a serving API', ours: `${median(again).toFixed(0)} ms` },
    { what: '`up` of a new cluster to a ready Docker worker', ours: `${median(withWorker).toFixed(0)} ms` },
  ];
}

async function onFreshFolder(use: (up: (...args: string[]) => Promise<number>) => Promise<void>, again?: number[]): Promise<void> {
  const cluster = localCluster('bench-up');
  const up = (...args: string[]): Promise<number> => timedMs(() => cluster.up(...args));
  try {
    await use(up);
    if (again === undefined) return;
    await cluster.zeroplane('down');
    again.push(await up());
  } finally {
    await cluster.remove();
  }
}
