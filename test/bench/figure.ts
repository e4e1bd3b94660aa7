/** One line of the table: what was measured here, what beside it in the same run, or why it was not measured. */
export interface Figure {
  what: string;
  ours: string;
  beside?: { name: string; value: string; ratio: number };
}

export function notMeasured(what: string, why: string): Figure {
  return { what, ours: `not measured: ${why}` };
}

/** Milliseconds of both, and how many times as long ours took. */
export function besideInMs(what: string, ours: number[], beside: { name: string; values: number[] }): Figure {
  const [mine, theirs] = [median(ours), median(beside.values)];
  return { what, ours: `${mine.toFixed(0)} ms`, beside: { name: beside.name, value: `${theirs.toFixed(0)} ms`, ratio: mine / theirs } };
}

export function median(values: number[]): number {
  return percentile(values, 0.5);
}

export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export async function timedMs(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

export function print(figures: Figure[]): void {
  const rows = figures.map(({ what, ours, beside }) => [what, ours, beside === undefined ? '' : `${beside.name} ${beside.value}`, beside === undefined ? '' : `${beside.ratio.toFixed(2)}x`]);
  const table = [['figure', 'zeroplane', 'beside it', 'ratio'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => (column === 1 && row[1]?.startsWith('not measured') ? 0 : (row[column]?.length ?? 0)))));
  for (const row of table) process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`);
}
