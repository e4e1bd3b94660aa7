import type { ListMeta, Table } from '#api/printing/table';
import { type ApiClient, type ListOptions, type ResourcePath, type WatchOptions, collectionOf, pathOf, queryOf } from './api-client.ts';
import { readText } from './transport.ts';
import { type WatchEvent, watchEvents } from './watch-events.ts';

/** Lists as the server itself would print them. A server that has no table of a kind answers with the objects: there is no row then. */
const ACCEPT = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const PAGE = 500;

export async function getTable(client: ApiClient, resource: ResourcePath, name: { namespace?: string; name: string }): Promise<Table> {
  return tableAt(client, pathOf(resource, name));
}

/** All pages in one. */
export async function listTable(client: ApiClient, resource: ResourcePath, { namespace, ...query }: ListOptions): Promise<Table> {
  const page = (token?: string) => tableAt(client, collectionOf(resource, namespace) + queryOf({ limit: PAGE, ...query, continue: token }));
  const table = await page();
  for (let next = table.metadata.continue; next !== undefined && next !== ''; ) {
    const { rows, metadata }: { rows: Table['rows']; metadata: ListMeta } = await page(next);
    table.rows.push(...rows);
    next = metadata.continue;
  }
  return table;
}

/** Each event with a table of one row; only the first one has the columns. */
export async function* watchTable(client: ApiClient, resource: ResourcePath, { namespace, signal, ...query }: Omit<WatchOptions, 'untilHead'>): AsyncGenerator<WatchEvent<TableObject>> {
  const response = await client.raw({ method: 'GET', path: collectionOf(resource, namespace) + queryOf({ watch: 'true', ...query }), headers: { accept: ACCEPT }, held: true, ...(signal === undefined ? {} : { signal }) });
  yield* watchEvents<TableObject>(response.body);
}

export type TableObject = Table & { metadata: ListMeta & object; [field: string]: unknown };

async function tableAt(client: ApiClient, path: string): Promise<Table> {
  const response = await client.raw({ method: 'GET', path, headers: { accept: ACCEPT } });
  const table = JSON.parse(await readText(response)) as Table;
  return { ...table, rows: table.rows ?? [] };
}
