import type { Command } from 'commander';
import type { Table } from '#api/printing/table';
import { isNotFound } from '#client/api-error';
import { Failure } from '#client/failure';
import { getTable, listTable } from '#client/tables';
import { type Kind, shortKind } from '../../cluster/kinds.ts';
import { type Session, withSession } from '../../cluster/session.ts';
import { type Target, parseTargets } from '../../cluster/targets.ts';
import { parseOptions } from '../../options.ts';
import { listOf, renderDocument, withoutManagedFields } from '../../render/documents.ts';
import { throwAll } from '../../render/failure.ts';
import { tablePrinter } from '../../render/server-table.ts';
import { clusterCommand } from '../cluster-command.ts';
import { GetOptions, scopeOf, selection } from './get-options.ts';
import { objectsOf } from './read-objects.ts';
import { watchObjects } from './watch.ts';

export function getCommand(): Command {
  return clusterCommand('get')
    .argument('<words...>', 'KIND, KIND NAME... or KIND/NAME...; several kinds with commas, `all` for the usual ones')
    .option('-o, --output <format>', 'wide, json, yaml or name')
    .option('-A, --all-namespaces', 'of all namespaces')
    .option('-l, --selector <labels>', 'only those with these labels, such as app=web')
    .option('--field-selector <fields>', 'only those with these fields, such as status.phase=Running')
    .option('-w, --watch', 'go on and show changes as they come')
    .option('--watch-only', 'only changes from now on')
    .option('--no-headers', 'without the line of headers')
    .option('--show-labels', 'with a column of labels')
    .option('--ignore-not-found', 'no error for what is not there')
    .action(async (words: string[], given: unknown) => {
      const options = parseOptions(GetOptions, given);
      await withSession(options, (session) => get(session, words, options));
    });
}

async function get(session: Session, words: string[], options: GetOptions): Promise<void> {
  const targets = await parseTargets(words, session.kinds);
  if (options.watch || options.watchOnly) return watchObjects(session, targets, options);
  if (targets.some(({ name }) => name !== undefined) && (options.selector ?? options.fieldSelector) !== undefined) throw new Failure('a selector and names do not go together');
  if (options.output === undefined || options.output === 'wide') await printTables(session, targets, options);
  else await printDocuments(session, targets, options);
}

async function printTables(session: Session, targets: Target[], options: GetOptions): Promise<void> {
  const { found, failures } = await read(targets, options, (target) => tableOf(session, target, options));
  const groups = mergeByKind(found).filter(({ table }) => table.rows.length > 0);
  const style = { wide: options.output === 'wide', headers: options.headers, labels: options.showLabels };
  const printed = groups.map(({ kind, table }) =>
    tablePrinter({ ...style, namespaces: options.allNamespaces && kind.namespaced, ...(groups.length > 1 ? { prefix: shortKind(kind) } : {}) }).print(table),
  );
  process.stdout.write(printed.join(options.headers ? '\n' : ''));
  if (groups.length === 0 && failures.length === 0 && !options.ignoreNotFound) {
    const everywhere = options.allNamespaces || targets.every(({ kind }) => !kind.namespaced);
    process.stderr.write(everywhere ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`);
  }
  throwAll(failures);
}

async function printDocuments(session: Session, targets: Target[], options: GetOptions): Promise<void> {
  const { found, failures } = await read(targets, options, (target) => objectsOf(session, target, options));
  const objects = found.flatMap(({ answer }) => answer);
  if (options.output === 'name') process.stdout.write(found.flatMap(({ target, answer }) => answer.map(({ metadata }) => `${shortKind(target.kind)}/${metadata.name ?? ''}\n`)).join(''));
  else if (options.output !== undefined && options.output !== 'wide' && failures.length < targets.length) {
    const [only] = objects;
    const single = targets.length === 1 && targets[0]?.name !== undefined;
    if (!single || only !== undefined) process.stdout.write(renderDocument(options.output, single && only ? withoutManagedFields(only) : listOf(objects)));
  }
  throwAll(failures);
}

async function tableOf({ client, namespace }: Session, { kind, name }: Target, options: GetOptions): Promise<Table> {
  const scope = scopeOf(kind, options.allNamespaces ? undefined : namespace);
  return name === undefined ? listTable(client, kind, { ...scope, ...selection(options) }) : getTable(client, kind, { ...scope, name });
}

/** All of them, also when some are refused: what is there is printed, and the refusals after it. */
async function read<T>(targets: Target[], { ignoreNotFound }: GetOptions, ask: (target: Target) => Promise<T>) {
  const answers = await Promise.allSettled(targets.map(ask));
  const found = answers.flatMap((answer, i) => (answer.status === 'fulfilled' && targets[i] ? [{ target: targets[i], answer: answer.value }] : []));
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  return { found, failures: failures.filter((failure) => !(ignoreNotFound && isNotFound(failure))) };
}

function mergeByKind(found: { target: Target; answer: Table }[]): { kind: Kind; table: Table }[] {
  const merged: { kind: Kind; table: Table }[] = [];
  for (const { target, answer } of found) {
    const last = merged.at(-1);
    if (last?.kind === target.kind) last.table.rows.push(...answer.rows);
    else merged.push({ kind: target.kind, table: answer });
  }
  return merged;
}
