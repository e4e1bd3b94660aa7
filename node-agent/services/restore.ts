import { TABLES, type Rules, type Table } from './rules.ts';

/**
 * The input for `iptables-restore --noflush` that turns one set of rules into another: only chains that differ are named, so that
 * a change costs what changed. undefined: nothing to do.
 */
export function planRestore(previous: Rules, next: Rules): string | undefined {
  const tables = TABLES.map((table) => planTable(table, previous[table], next[table])).filter((text) => text !== undefined);
  return tables.length === 0 ? undefined : tables.join('');
}

export const noRules: Rules = { nat: new Map(), filter: new Map() };

function planTable(table: Table, previous: Map<string, string[]>, next: Map<string, string[]>): string | undefined {
  const changed = [...next].filter(([chain, rules]) => !same(previous.get(chain), rules));
  const gone = [...previous.keys()].filter((chain) => !next.has(chain));
  if (changed.length === 0 && gone.length === 0) return undefined;
  // Naming a chain makes it or empties it. Gone chains are emptied with the rest and deleted last, when nobody jumps to them any more.
  return transaction(table, [
    ...[...changed.map(([chain]) => chain), ...gone].map(emptied),
    ...changed.flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
    ...gone.map((chain) => `-X ${chain}`),
  ]);
}

/** All of a table's lines, or none. */
export function transaction(table: Table, lines: string[]): string {
  return [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
}

export function emptied(chain: string): string {
  return `:${chain} - [0:0]`;
}

function same(a: string[] | undefined, b: string[]): boolean {
  return a?.length === b.length && a.every((rule, i) => rule === b[i]);
}
