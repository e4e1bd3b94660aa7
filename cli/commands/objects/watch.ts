import type { KubeObject } from '#api/object';
import { isExpired } from '#client/api-error';
import { Failure } from '#client/failure';
import { listTable, watchTable } from '#client/tables';
import { shortKind } from '../../cluster/kinds.ts';
import type { Session } from '../../cluster/session.ts';
import type { Target } from '../../cluster/targets.ts';
import { renderDocument, withoutManagedFields } from '../../render/documents.ts';
import { tablePrinter } from '../../render/server-table.ts';
import { type GetOptions, scopeOf, selection } from './get-options.ts';

/** Prints what is there, then every change, until it is interrupted. A server that ends the watch is asked again from where it ended. */
export async function watchObjects(session: Session, targets: Target[], options: GetOptions): Promise<void> {
  const [target] = targets;
  if (!target || targets.length > 1) throw new Failure('one kind, or one object, is watched at a time');
  const { client } = session;
  const where = { ...scopeOf(target.kind, options.allNamespaces ? undefined : session.namespace), ...selection(options), ...(target.name === undefined ? {} : { fieldSelector: `metadata.name=${target.name}` }) };
  const style = { wide: options.output === 'wide', headers: options.headers, labels: options.showLabels, namespaces: options.allNamespaces && target.kind.namespaced };
  const table = tablePrinter(style);
  const asTable = options.output === undefined || options.output === 'wide';
  const there = await listTable(client, target.kind, where);
  if (!options.watchOnly) {
    if (asTable) process.stdout.write(there.rows.length === 0 ? '' : table.print(there));
    else for (const object of (await client.list<KubeObject>(target.kind, where)).items) printObject(object, target, options);
  }
  let resourceVersion = there.metadata.resourceVersion ?? '';
  for (;;) {
    try {
      resourceVersion = asTable
        ? await followTable({ session, target, where, resourceVersion }, (printed) => process.stdout.write(table.print(printed)))
        : await followObjects({ session, target, where, resourceVersion }, (object) => printObject(object, target, options));
    } catch (error) {
      if (!isExpired(error)) throw error;
      resourceVersion = (await listTable(client, target.kind, where)).metadata.resourceVersion ?? '';
    }
  }
}

interface Follow {
  session: Session;
  target: Target;
  where: object;
  resourceVersion: string;
}

async function followTable({ session, target, where, resourceVersion }: Follow, print: (table: Parameters<ReturnType<typeof tablePrinter>['print']>[0]) => void): Promise<string> {
  let last = resourceVersion;
  for await (const { type, object } of watchTable(session.client, target.kind, { ...where, resourceVersion })) {
    last = object.metadata.resourceVersion ?? revisionOf(object.rows) ?? last;
    if (type !== 'BOOKMARK') print(object);
  }
  return last;
}

async function followObjects({ session, target, where, resourceVersion }: Follow, print: (object: KubeObject) => void): Promise<string> {
  let last = resourceVersion;
  for await (const { type, object } of session.client.watch<KubeObject>(target.kind, { ...where, resourceVersion })) {
    last = object.metadata.resourceVersion ?? last;
    if (type !== 'BOOKMARK') print(object);
  }
  return last;
}

function revisionOf(rows: { object: object | null }[] | undefined): string | undefined {
  return (rows?.at(-1)?.object as { metadata?: { resourceVersion?: string } } | null | undefined)?.metadata?.resourceVersion;
}

function printObject(object: KubeObject, { kind }: Target, { output }: GetOptions): void {
  const text = output === 'json' || output === 'yaml' ? (output === 'yaml' ? '---\n' : '') + renderDocument(output, withoutManagedFields(object)) : `${shortKind(kind)}/${object.metadata.name ?? ''}\n`;
  process.stdout.write(text);
}
