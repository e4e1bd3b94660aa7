import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Kubeconfig } from '#api/management/schemas';
import { writePrivately } from '../write-privately.ts';

type Entries = { name: string }[] | null | undefined;
type Document = Record<string, unknown>;

/** Where a new context goes: the file that kubectl itself would write to. */
export function ownKubeconfig(kubeconfig: string | undefined, env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  return resolve(kubeconfig ?? env['KUBECONFIG']?.split(delimiter).find(Boolean) ?? join(home, '.kube/config'));
}

/** Adds what `added` has, in place of what has the same name, and makes it the current context. */
export function addToKubeconfig(file: string, added: Kubeconfig): void {
  const there = existsSync(file) ? ((parse(readFileSync(file, 'utf8')) ?? {}) as Document) : {};
  const merged = (key: 'clusters' | 'users' | 'contexts'): unknown[] => {
    const names = added[key].map(({ name }) => name);
    return [...((there[key] as Entries) ?? []).filter(({ name }) => !names.includes(name)), ...added[key]];
  };
  write(file, { ...there, apiVersion: 'v1', kind: 'Config', clusters: merged('clusters'), users: merged('users'), contexts: merged('contexts'), 'current-context': added['current-context'] });
}

/** The contexts of an installation's clusters. */
export function contextsAt(file: string, installation: string): string[] {
  if (!existsSync(file)) return [];
  const { clusters, contexts } = (parse(readFileSync(file, 'utf8')) ?? {}) as Partial<Kubeconfig>;
  const theirs = (clusters ?? []).filter(({ cluster }) => cluster.server.startsWith(`${installation}/`)).map(({ name }) => name);
  return (contexts ?? []).filter(({ context }) => theirs.includes(context.cluster)).map(({ name }) => name);
}

/** Takes a context away again, with its cluster and user. What is not there is no failure. */
export function removeFromKubeconfig(file: string, context: string): void {
  if (!existsSync(file)) return;
  const there = (parse(readFileSync(file, 'utf8')) ?? {}) as Document;
  const without = (key: string, name: string): unknown[] => ((there[key] as Entries) ?? []).filter((entry) => entry.name !== name);
  const { 'current-context': current, ...rest } = there;
  write(file, { ...rest, clusters: without('clusters', context), users: without('users', `${context}-admin`), contexts: without('contexts', context), ...(current === context ? {} : { 'current-context': current }) });
}

function write(file: string, document: Document): void {
  writePrivately(file, stringify(document));
}
