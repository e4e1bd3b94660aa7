/** Lines of aligned columns, as kubectl spaces them: three blanks behind the widest cell, nothing behind the last. */
export interface Columns {
  line(cells: readonly string[]): string;
}

const GAP = 3;
const NARROWEST = 6;

/** The widths of rows that are known beforehand; a later row that is wider widens what comes after it. */
export function columnsFor(rows: readonly (readonly string[])[]): Columns {
  const widths: number[] = [];
  const widen = (cells: readonly string[]) => cells.slice(0, -1).forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? NARROWEST, [...cell].length + GAP)));
  for (const row of rows) widen(row);
  return {
    line(cells) {
      widen(cells);
      return cells.map((cell, i) => (i === cells.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - [...cell].length))).join('') + '\n';
    },
  };
}

export function alignedLines(rows: readonly (readonly string[])[], margin = ''): string {
  const columns = columnsFor(rows);
  return rows.map((row) => margin + columns.line(row)).join('');
}
