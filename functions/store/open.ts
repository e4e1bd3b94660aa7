import type { ApiResource } from '#api/resource';
import type { Clock } from '#ports/clock';
import type { Ids } from '#ports/ids';
import type { Partition, Table } from '#ports/table';
import type { Wakeup } from '#ports/wakeup';
import { create, createAll } from './create.ts';
import { remove } from './delete.ts';
import { partitionFor } from './keys.ts';
import { get, headOf, list } from './list.ts';
import type { ObjectStore } from './object-store.ts';
import { openPartitionView } from './partition-view.ts';
import type { PartitionView } from './partition-view.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

export interface ObjectStoreDeps {
  table: Table;
  cluster: string;
  clock: Clock;
  ids: Ids;
  wakeup: Wakeup;
}

/** Opens nothing: what it keeps warm it reads when somebody first asks. */
export function openObjectStore({ table, cluster, clock, ids, wakeup }: ObjectStoreDeps): ObjectStore {
  const views = new Map<Partition, PartitionView>();
  const deps = { table, clock, ids, wakeup };

  // One a stored resource, and so as many as there are resources.
  const viewOf = (resource: ApiResource): PartitionView => {
    const partition = partitionFor(cluster, resource);
    const view = views.get(partition) ?? openPartitionView({ resource, table, partition, wakeup, clock });
    views.set(partition, view);
    return view;
  };

  return {
    cluster,
    get: async (ref) => get(table, viewOf(ref.resource), ref.resource, ref),
    list: async (resource, query) => list(deps, viewOf(resource), resource, query),
    watch: (resource, query) => watch(viewOf(resource), query),
    create: async (resource, object, options = {}) => create(deps, viewOf(resource), resource, { object, options }),
    createAll: async (objects) => createAll(deps, viewOf, objects),
    update: async (ref, change, options = {}) => update(deps, viewOf(ref.resource), { ref, change, options }),
    delete: async (ref, options = {}) => remove(deps, viewOf(ref.resource), { ref, options }),
    revision: async (resource) => headOf(table, viewOf(resource)),
    bump: async (resource) => table.bump(viewOf(resource).partition),
  };
}
