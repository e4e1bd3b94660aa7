/** A description: labels with a value, several lines, or a part of their own below. */
export type Entry = readonly [label: string, value: string | readonly string[] | Entries];
export type Entries = { readonly below: readonly Entry[] };

const STEP = 2;

/** Values of one level stand below each other; parts are indented. */
export function layOut(entries: readonly Entry[], indent = 0): string {
  const width = Math.max(0, ...entries.flatMap(([label, value]) => (isPart(value) ? [] : [label.length + 1]))) + STEP;
  return entries.map((entry) => one(entry, indent, width)).join('');
}

function one([label, value]: Entry, indent: number, width: number): string {
  const margin = ' '.repeat(indent);
  if (isPart(value)) return `${margin}${label}:\n${layOut(value.below, indent + STEP)}`;
  const lines = (typeof value === 'string' ? value.split('\n') : value).filter((line, i) => i === 0 || line !== '');
  if (lines.length === 0) return `${margin}${`${label}:`.padEnd(width)}<none>\n`;
  return lines.map((line, i) => `${margin}${(i === 0 ? `${label}:` : '').padEnd(width)}${line}`.trimEnd() + '\n').join('');
}

function isPart(value: Entry[1]): value is Entries {
  return typeof value === 'object' && 'below' in value;
}

export function part(entries: readonly Entry[]): Entries {
  return { below: entries };
}

/** An entry, if there is something to say. */
export function present(label: string, value: string | number | boolean | undefined | null): Entry[] {
  return value === undefined || value === null || value === '' ? [] : [[label, String(value)]];
}

/** A table below a label. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd((widths[i] ?? 0) + STEP))).join(''));
}
