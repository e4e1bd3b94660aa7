import type { ColumnDefinition, Table } from '#api/printing/table';
import { type Columns, columnsFor } from './columns.ts';

export interface TableStyle {
  wide?: boolean;
  headers?: boolean;
  /** A first column with each row's namespace. */
  namespaces?: boolean;
  /** `pod/` before each name, where several kinds are printed. */
  prefix?: string;
  labels?: boolean;
}

/** Prints the server's tables one after the other as one: of a watch only the first has the columns. */
export interface TablePrinter {
  print(table: Table): string;
}

export function tablePrinter(style: TableStyle): TablePrinter {
  let definitions: readonly ColumnDefinition[] = [];
  let columns: Columns | undefined;
  return {
    print(table) {
      if (table.columnDefinitions && definitions.length === 0) definitions = table.columnDefinitions;
      const rows = table.rows.map((row) => cellsOf(row, definitions, style));
      if (columns !== undefined) return rows.map((cells) => columns?.line(cells) ?? '').join('');
      const all = style.headers === false ? rows : [headersOf(definitions, style), ...rows];
      columns = columnsFor(all);
      return all.map((cells) => columns?.line(cells) ?? '').join('');
    },
  };
}

function headersOf(definitions: readonly ColumnDefinition[], { wide, namespaces, labels }: TableStyle): string[] {
  const shown = definitions.filter(({ priority }) => wide === true || priority === 0).map(({ name }) => name.toUpperCase());
  return [...(namespaces === true ? ['NAMESPACE'] : []), ...shown, ...(labels === true ? ['LABELS'] : [])];
}

function cellsOf(row: Table['rows'][number], definitions: readonly ColumnDefinition[], { wide, namespaces, prefix, labels }: TableStyle): string[] {
  const metadata = (row.object as { metadata?: { namespace?: string; labels?: Record<string, string> } } | null)?.metadata;
  const cells = definitions.flatMap((definition, i) => {
    if (wide !== true && definition.priority !== 0) return [];
    const cell = cellText(row.cells[i]);
    return [prefix !== undefined && definition.format === 'name' ? `${prefix}/${cell}` : cell];
  });
  return [...(namespaces === true ? [metadata?.namespace ?? ''] : []), ...cells, ...(labels === true ? [labelText(metadata?.labels)] : [])];
}

// One line a row; what it hides of the value shows as dots.
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
  const [line = ''] = text.split(/[\f\n\r]/, 1);
  return line.length < text.length ? `${line}...` : line;
}

function labelText(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}
