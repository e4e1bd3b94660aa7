import { changeOf, presence } from './object-change.ts';
import type { ObjectChange } from './object-change.ts';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { hasCode } from '#ports/errors';
import type { Revision, Table } from '#ports/table';
import { partitionFor } from '#store/keys';
import type { ObjectStore } from '#store/object-store';

const PAGE = 500;

/** Where a partition stands before its first write. */
export const NEVER_WRITTEN = 1;

/** `pods.`, `deployments.apps`: where a resource is stored, whatever version it is served in. */
export function storageId(resource: ApiResource): string {
  return `${resource.storage.resource}.${resource.storage.group}`;
}

/**
 * What happened to a resource after the cursor, moved along. Where the log no longer reaches back (or was never read), all that exists now
 * is given instead: a controller looks at the state, not at the history.
 */
export async function readTail(deps: { store: ObjectStore; table: Table }, resource: ApiResource, after: Revision | undefined): Promise<{ changes: ObjectChange<KubeObject>[]; revision: Revision }> {
  if (after === undefined) return relist(deps.store, resource);
  const partition = partitionFor(deps.store.cluster, resource);
  const changes: ObjectChange<KubeObject>[] = [];
  let revision = after;
  try {
    for (;;) {
      const page = await deps.table.changes(partition, revision, PAGE);
      for (const change of page.changes) changes.push(changeOf(change));
      const moved = page.revision > revision;
      revision = page.revision;
      if (!moved || page.changes.length < PAGE) return { changes, revision };
    }
  } catch (error) {
    if (hasCode(error, 'Expired')) return relist(deps.store, resource);
    throw error;
  }
}

async function relist(store: ObjectStore, resource: ApiResource): Promise<{ changes: ObjectChange<KubeObject>[]; revision: Revision }> {
  const page = await store.list(resource, {});
  return { changes: page.items.map(({ object }) => presence(object)), revision: page.revision };
}
