import type { KubeObject } from '#api/object';
import type { ApiClient } from '#client/api-client';
import { Failure } from '#client/failure';
import { type TableObject, listTable, watchTable } from '#client/tables';
import { shortKind } from '../../cluster/kinds.ts';
import type { Session } from '../../cluster/session.ts';
import type { Target } from '../../cluster/targets.ts';
import { renderDocument, withoutManagedFields } from '../../render/documents.ts';
import { tablePrinter } from '../../render/server-table.ts';
import { type Where, follow } from './follow.ts';
import { type GetOptions, scopeOf, selection } from './get-options.ts';

/** Prints what is there, then every change, until it is interrupted. */
export async function watchObjects({ client, namespace }: Session, targets: Target[], options: GetOptions): Promise<void> {
  const [target] = targets;
  if (!target || targets.length > 1) throw new Failure('one kind, or one object, is watched at a time');
  const where = { ...scopeOf(target.kind, options.allNamespaces ? undefined : namespace), ...selection(options), ...(target.name === undefined ? {} : { fieldSelector: `metadata.name=${target.name}` }) };
  const asTable = options.output === undefined || options.output === 'wide';
  await (asTable ? watchRows : watchDocuments)(client, { kind: target.kind, where }, options);
}

interface Watched {
  kind: Target['kind'];
  where: Where;
}

async function watchRows(client: ApiClient, { kind, where }: Watched, options: GetOptions): Promise<void> {
  const table = tablePrinter({ wide: options.output === 'wide', headers: options.headers, labels: options.showLabels, namespaces: options.allNamespaces && kind.namespaced });
  const there = await listTable(client, kind, where);
  if (!options.watchOnly && there.rows.length > 0) process.stdout.write(table.print(there));
  const watch = (resourceVersion: string) => watchTable(client, kind, { ...where, resourceVersion });
  await follow({ client, kind, where, from: there.metadata.resourceVersion ?? '', watch, revisionOf }, ({ type, object }) => {
    if (type !== 'BOOKMARK') process.stdout.write(table.print(object));
  });
}

async function watchDocuments(client: ApiClient, { kind, where }: Watched, options: GetOptions): Promise<void> {
  const there = await client.list<KubeObject>(kind, where);
  if (!options.watchOnly) for (const object of there.items) printObject(object, kind, options);
  const watch = (resourceVersion: string) => client.watch<KubeObject>(kind, { ...where, resourceVersion });
  await follow({ client, kind, where, from: there.metadata.resourceVersion, watch }, ({ type, object }) => {
    if (type !== 'BOOKMARK') printObject(object, kind, options);
  });
}

// A table of rows has none of its own: its last row's object has.
function revisionOf({ metadata, rows }: TableObject): string | undefined {
  const last = rows?.at(-1)?.object as { metadata?: { resourceVersion?: string } } | null | undefined;
  return metadata.resourceVersion ?? last?.metadata?.resourceVersion;
}

function printObject(object: KubeObject, kind: Target['kind'], { output }: GetOptions): void {
  const text = output === 'json' || output === 'yaml' ? (output === 'yaml' ? '---\n' : '') + renderDocument(output, withoutManagedFields(object)) : `${shortKind(kind)}/${object.metadata.name ?? ''}\n`;
  process.stdout.write(text);
}
