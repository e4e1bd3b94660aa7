import { NAMESPACES } from '../resources.ts';
import { NEVER_WRITTEN, storageId } from './tails.ts';
import type { NodeWakes } from './node-wakes.ts';
import { applyDefaults } from '#api/defaulting';
import { trackUpdate } from '#api/managed-fields/track';
import { trackedKind } from '#api/managed-fields/tracked-kind';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { formatTime } from '#api/time';
import type { Clock } from '#ports/clock';
import { hasCode, PortError } from '#ports/errors';
import type { IndexTerm, Revision, Table } from '#ports/table';
import type { DeleteOptions, ObjectStore, StoredObject, UpdateOptions, WriteOptions } from '#store/object-store';

/**
 * How controllers see the cluster: the object store, as `by: 'loop'`, with lists from the warm cache. A list is never older than
 * what the burst has read of the log and than what it has written itself, so a key that runs again sees what it did.
 */
export interface ClusterView {
  readonly cluster: string;
  get<T extends KubeObject>(resource: ApiResource, name: ObjectName): Promise<T | undefined>;
  list<T extends KubeObject>(resource: ApiResource, query?: ViewQuery): Promise<T[]>;
  create<T extends KubeObject>(resource: ApiResource, object: T, options?: WriteOptions): Promise<T>;
  /** The first `change` gets what is stored; it may give the same object back to write nothing. */
  update<T extends KubeObject>(resource: ApiResource, name: ObjectName, change: (current: T) => T, options?: UpdateOptions): Promise<T>;
  /** What is gone already is no error; a uid precondition that fails means the same. */
  remove(resource: ApiResource, name: ObjectName, options?: DeleteOptions): Promise<{ deleted: boolean }>;
  /** False: no object of this resource has ever had an owner, as far as the logs were read. */
  mayHoldDependents(resource: ApiResource): boolean;
  /** The unlogged records beside the objects. */
  claims: Pick<Table, 'readClaim' | 'claims'>;
}

export interface ObjectName {
  namespace?: string | undefined;
  name: string;
}

export interface ViewQuery {
  namespace?: string;
  index?: IndexTerm;
  matches?(object: KubeObject): boolean;
  /** Not from what was seen: as it is now, read after this call began. */
  now?: boolean;
}

/** What the API server does to an object that is created, in place: a pod from a template gets its token volume like any other. */
export type Admit = (resource: ApiResource, object: KubeObject) => Promise<void>;

export interface ClusterViewDeps {
  store: ObjectStore;
  table: Table;
  wakes: NodeWakes;
  admit?: Admit | undefined;
  clock: Clock;
  /** After each commit of ours: there is something new in the resource's log. */
  onCommit(resource: ApiResource): void;
  /** Before a list: it is to show all that happened to the resource before the burst. */
  catchUp(resource: ApiResource): Promise<void>;
  mayHoldDependents(resource: ApiResource): boolean;
}

/** The names that Kubernetes' own controllers are known by as owners of fields: tools look for them. */
export type LoopManager = 'kube-controller-manager' | 'kube-scheduler';

export interface LoopView extends ClusterView {
  /** The same view, for writes under another name. */
  as(manager: LoopManager): ClusterView;
  saw(resource: ApiResource, revision: Revision): void;
}

export function createClusterView({ store, table, wakes, admit, clock, onCommit, catchUp, mayHoldDependents }: ClusterViewDeps): LoopView {
  const seen = new Map<string, Revision>();
  const saw = (resource: ApiResource, revision: Revision): void => {
    const id = storageId(resource);
    seen.set(id, Math.max(seen.get(id) ?? 0, revision));
  };
  const wrote = (resource: ApiResource, stored: StoredObject, statusOnly = false): void => {
    saw(resource, stored.revision);
    if (!statusOnly) wakes.objectChanged(resource, stored.object);
    onCommit(resource);
  };
  const refOf = (resource: ApiResource, { namespace, name }: ObjectName) => ({ resource, name, ...(namespace === undefined ? {} : { namespace }) });
  // Controllers do not pass the API's admission, which keeps new content out of a namespace that is being emptied.
  const refuseDying = async (name: string | undefined): Promise<void> => {
    if (name === undefined) return;
    const namespace = await ignoreNotFound(store.get(refOf(NAMESPACES, { name })));
    if (namespace === undefined || namespace.object.metadata.deletionTimestamp !== undefined) {
      throw new PortError('Forbidden', `unable to create new content in namespace ${name} because it is being terminated`);
    }
  };

  const viewAs = (manager: LoopManager): ClusterView => ({
    cluster: store.cluster,
    claims: table,
    mayHoldDependents,
    async get<T extends KubeObject>(resource: ApiResource, name: ObjectName) {
      return (await ignoreNotFound(store.get(refOf(resource, name))))?.object as T | undefined;
    },
    async list<T extends KubeObject>(resource: ApiResource, { now = false, ...query }: ViewQuery = {}) {
      if (!now) await catchUp(resource);
      const minRevision = now ? undefined : seen.get(storageId(resource));
      if (minRevision === NEVER_WRITTEN) return [];
      const page = await store.list(resource, minRevision === undefined ? query : { ...query, minRevision });
      return page.items.map(({ object }) => object as T);
    },
    async create<T extends KubeObject>(resource: ApiResource, object: T, options: WriteOptions = {}) {
      await refuseDying(object.metadata.namespace);
      const prepared = structuredClone(object);
      applyDefaults(resource, prepared);
      const tracked = track(resource, prepared, { live: undefined, name: manager, subresource: '', nowMs: clock.now() });
      await admit?.(resource, tracked);
      const stored = await store.create(resource, tracked, { ...options, by: 'loop' });
      wrote(resource, stored);
      return stored.object as T;
    },
    async update<T extends KubeObject>(resource: ApiResource, name: ObjectName, change: (current: T) => T, options: UpdateOptions = {}) {
      let before: string | undefined;
      const stored = await store.update(
        refOf(resource, name),
        (current, live) => {
          before = live.metadata.resourceVersion;
          const object = change(current as T);
          const { subresource = '' } = options;
          // Nobody comes to own a pod's node: it is the binding's.
          return subresource === 'binding' ? object : track(resource, object, { live, name: manager, subresource, nowMs: clock.now() });
        },
        { ...options, by: 'loop' },
      );
      if (stored.object.metadata.resourceVersion !== before) wrote(resource, stored, options.subresource === 'status');
      return stored.object as T;
    },
    async remove(resource, name, options = {}) {
      const result = await ignoreGone(store.delete(refOf(resource, name), { ...options, by: 'loop' }), options);
      if (result === undefined) return { deleted: true };
      wrote(resource, result.object);
      return { deleted: result.deleted };
    },
  });
  return { ...viewAs('kube-controller-manager'), as: viewAs, saw };
}

interface Tracking {
  live: KubeObject | undefined;
  name: LoopManager;
  subresource: string;
  nowMs: number;
}

function track<T extends KubeObject>(resource: ApiResource, object: T, { live, name, subresource, nowMs }: Tracking): T {
  return trackUpdate(trackedKind(resource, subresource), object, { live, writer: { name, subresource, now: formatTime(nowMs) } });
}

export async function ignoreNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** Changes the object that was read; undefined: it is gone meanwhile, and nothing is left to change. */
export function updateIfThere<T extends KubeObject>(view: ClusterView, resource: ApiResource, { object, change, subresource }: { object: T; change(current: T): T; subresource?: UpdateOptions['subresource'] }): Promise<T | undefined> {
  const { namespace, name = '', uid } = object.metadata;
  const options: UpdateOptions = { ...(subresource === undefined ? {} : { subresource }), ...(uid === undefined ? {} : { preconditions: { uid } }) };
  return ignoreNotFound(view.update<T>(resource, { namespace, name }, change, options));
}

// Another object under the same name is not the one that was meant.
async function ignoreGone<T>(answer: Promise<T>, { preconditions }: DeleteOptions): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, 'NotFound')) return undefined;
    if (hasCode(error, 'Conflict') && preconditions?.uid !== undefined && preconditions.resourceVersion === undefined) return undefined;
    throw error;
  }
}
