import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { PortError } from '#ports/errors';
import type { Revision, Snapshot, SnapshotQuery, Table } from '#ports/table';
import type { Wakeup } from '#ports/wakeup';
import type { Clock } from '#ports/clock';
import { hasTerm } from './index-terms.ts';
import { keyOf, namespacePrefix } from './keys.ts';
import type { ListPage, ListQuery, Matches, StoredObject } from './object-store.ts';
import type { PartitionView, WarmItems } from './partition-view.ts';
import { lifetimeSeconds } from './short-lived.ts';
import { storedObject } from './stored-form.ts';

/** How long a list waits for a revision that it has not reached yet, as kube-apiserver does. */
const FUTURE_WAIT_MS = 3_000;

export interface ListDeps {
  table: Table;
  wakeup: Wakeup;
  clock: Clock;
}

export async function list(deps: ListDeps, view: PartitionView, resource: ApiResource, query: ListQuery): Promise<ListPage> {
  if (query.at === undefined && readsTable(view, resource, query)) return presentTable(deps, view, resource, query);
  if (query.minRevision !== undefined) await reach(deps, view, query.minRevision);
  if (query.at !== undefined) return atRevision(deps.table, view, resource, query);
  const warm = query.minRevision === undefined ? undefined : view.warm();
  return fromItems(warm && warm.revision >= (query.minRevision ?? 0) ? warm : await view.present(), resource, query);
}

// The past is asked of the table, unless it is still the present.
async function atRevision(table: Table, view: PartitionView, resource: ApiResource, query: ListQuery): Promise<ListPage> {
  const warm = lifetimeSeconds(resource) === undefined && view.warm() ? await view.present() : undefined;
  return warm?.revision === query.at && warm ? fromItems(warm, resource, query) : fromTable(table, view, resource, query);
}

// What expires by itself leaves no trace in the log, so that no cache would notice. And a few objects of an index are not worth loading all.
function readsTable(view: PartitionView, resource: ApiResource, { index }: ListQuery): boolean {
  return lifetimeSeconds(resource) !== undefined || (index !== undefined && !view.warm());
}

// What is read now is at least as new as all that has been; only what is yet to come must be waited for.
async function presentTable(deps: ListDeps, view: PartitionView, resource: ApiResource, query: ListQuery): Promise<ListPage> {
  const page = await fromTable(deps.table, view, resource, query);
  if (query.minRevision === undefined || page.revision >= query.minRevision) return page;
  await reach(deps, view, query.minRevision);
  return fromTable(deps.table, view, resource, query);
}

async function reach({ clock, wakeup, table }: ListDeps, view: PartitionView, revision: Revision): Promise<void> {
  const deadlineMs = clock.now() + FUTURE_WAIT_MS;
  for (;;) {
    const head = view.warm()?.revision ?? 0;
    if (head >= revision || (await headOf(table, view)) >= revision) return;
    const leftMs = deadlineMs - clock.now();
    if (leftMs <= 0) throw new PortError('FutureRevision', `revision ${revision} has not been reached`);
    await wakeup.wait(view.partition, revision - 1, { timeoutMs: leftMs });
  }
}

export async function headOf(table: Table, view: PartitionView): Promise<Revision> {
  // A page of nothing still tells the revision; with the cache warm the tail does.
  if (view.warm()) return (await view.present()).revision;
  return (await table.snapshot(view.partition, { limit: 1 })).revision;
}

function fromItems({ items, revision }: WarmItems, resource: ApiResource, query: ListQuery): ListPage {
  const { limit = Infinity, after } = query;
  const keys = items.keys(namespacePrefix(query.namespace), after);
  const wanted = filterOf(resource, query);
  const page: StoredObject[] = [];
  let last = '';
  for (const key of keys) {
    const stored = items.get(key);
    if (!stored || (wanted && !wanted(stored.object))) continue;
    if (page.length === limit) return { items: page, revision, next: last, ...(!wanted && { remaining: keys.length - page.length }) };
    page.push(stored);
    last = key;
  }
  return { items: page, revision, ...(!wanted && { remaining: 0 }) };
}

async function fromTable(table: Table, view: PartitionView, resource: ApiResource, query: ListQuery): Promise<ListPage> {
  const wanted = query.matches;
  const { limit } = query;
  const range: SnapshotQuery = { prefix: namespacePrefix(query.namespace), ...(query.index && { index: query.index }), ...(limit !== undefined && { limit }) };
  const page: StoredObject[] = [];
  let { after, at } = query;
  for (;;) {
    const snapshot = await table.snapshot(view.partition, { ...range, ...(after !== undefined && { after }), ...(at !== undefined && { at }) });
    at = snapshot.revision;
    for (const [i, { key, value, revision }] of snapshot.items.entries()) {
      const stored = storedObject(resource, value, revision);
      if (wanted && !wanted(stored.object)) continue;
      page.push(stored);
      if (page.length === limit) return { items: page, revision: at, ...rest(snapshot, i, { key, wanted }) };
    }
    after = snapshot.items.at(-1)?.key;
    if (snapshot.remaining === 0 || after === undefined) return { items: page, revision: at, ...(!wanted && { remaining: 0 }) };
  }
}

function rest({ items, remaining }: Snapshot, i: number, { key, wanted }: { key: string; wanted: Matches | undefined }): Pick<ListPage, 'next' | 'remaining'> {
  const left = items.length - i - 1 + remaining;
  return { ...(left > 0 && { next: key }), ...(!wanted && { remaining: left }) };
}

// The cache keeps no indexes: with everything at hand a look at each object is cheaper than keeping them.
function filterOf(resource: ApiResource, { matches, index }: ListQuery): Matches | undefined {
  if (!index) return matches;
  return (object: KubeObject) => hasTerm(resource, object, index) && (matches?.(object) ?? true);
}

export async function get(table: Table, view: PartitionView, resource: ApiResource, name: { namespace?: string; name: string }): Promise<StoredObject> {
  const key = keyOf(resource, name);
  const found = await table.read(view.partition, key);
  if (!found?.value) throw new PortError('NotFound', `${view.partition} has no ${key}`, { subject: `${view.partition} ${key}` });
  // The same revision is the same object: then it has been parsed already.
  const known = view.warm()?.items.get(key);
  return known?.revision === found.revision ? known : storedObject(resource, found.value, found.revision);
}
