import type { HostCommand } from '../network/host-command.ts';
import { emptied, transaction } from './restore.ts';
import { type Rules, type Table, TABLES, jumps } from './rules.ts';

/** What the kernel has of one node's chains: found, led into, and removed. */
export interface KernelChains {
  /** Of each table: our chains, and the rules of the host's own chains that lead into them, as iptables-save prints them. */
  nat: TableChains;
  filter: TableChains;
}

interface TableChains {
  chains: string[];
  leads: string[];
}

/** Stands for rules that an earlier agent wrote: unlike any that are planned, so that the next plan replaces them. */
const UNKNOWN = ['unknown'];

export async function findChains(run: HostCommand, prefix: string): Promise<KernelChains> {
  const [nat, filter] = await Promise.all(TABLES.map(async (table) => chainsIn(await run('iptables-save', ['-t', table]), prefix)));
  return { nat: nat ?? { chains: [], leads: [] }, filter: filter ?? { chains: [], leads: [] } };
}

/** The chains that were found, as rules to be replaced; undefined when there are none. */
export function inheritedRules(found: KernelChains): Rules | undefined {
  if (TABLES.every((table) => found[table].chains.length === 0)) return undefined;
  const unknown = (table: Table): Map<string, string[]> => new Map(found[table].chains.map((chain) => [chain, UNKNOWN]));
  return { nat: unknown('nat'), filter: unknown('filter') };
}

/** Leads the host's chains into ours, in front of all else: former ways in are replaced in the same transaction. A chain that is not there is made. */
export async function leadIn(run: HostCommand, prefix: string): Promise<void> {
  const found = await findChains(run, prefix);
  const tables = TABLES.map((table) => {
    const wanted = jumps(prefix).filter((jump) => jump.table === table);
    const missing = [...new Set(wanted.map(({ to }) => to))].filter((chain) => !found[table].chains.includes(chain));
    // Inserted at the top, so in reverse: what comes first in `jumps` is met first. FORWARD is met before Docker's own isolation chains.
    return transaction(table, [...missing.map(emptied), ...found[table].leads.map(deleted), ...wanted.toReversed().map(({ from, to }) => `-I ${from} 1 -j ${to}`)]);
  });
  await restore(run, tables.join(''));
}

export async function removeChains(run: HostCommand, prefix: string): Promise<void> {
  const found = await findChains(run, prefix);
  const tables = TABLES.flatMap((table) => {
    const { chains, leads } = found[table];
    return chains.length === 0 ? [] : [transaction(table, [...leads.map(deleted), ...chains.map(emptied), ...chains.map((chain) => `-X ${chain}`)])];
  });
  if (tables.length > 0) await restore(run, tables.join(''));
}

export async function restore(run: HostCommand, input: string): Promise<void> {
  await run('iptables-restore', ['--noflush', '--wait', '5'], input);
}

function chainsIn(saved: string, prefix: string): TableChains {
  const lines = saved.split('\n');
  const chains = lines.filter((line) => line.startsWith(`:${prefix}-`)).map((line) => line.slice(1).split(' ')[0] ?? '');
  return { chains, leads: lines.filter((line) => !line.startsWith(`-A ${prefix}-`) && chains.some((chain) => line.endsWith(`-j ${chain}`))) };
}

function deleted(rule: string): string {
  return rule.replace(/^-A/, '-D');
}
