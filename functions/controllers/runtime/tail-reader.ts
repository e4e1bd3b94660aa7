import { NEVER_WRITTEN, readTail, storageId } from './tails.ts';
import type { createClusterView } from './cluster-view.ts';
import type { LoopRecord } from './loop-record.ts';
import type { Controller, Source } from './controller.ts';
import type { NodeWakes } from './node-wakes.ts';
import type { ObjectChange } from './object-change.ts';
import { createUnreadLogs, type Logs } from './unread-logs.ts';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { Clock } from '#ports/clock';
import { PortError } from '#ports/errors';
import type { Partition, Revision, Table } from '#ports/table';
import { partitionFor } from '#store/keys';
import type { ObjectStore } from '#store/object-store';

const LOOK_EVERY_MS = 500;

export interface TailReaderDeps {
  store: ObjectStore;
  table: Table;
  controllers: Controller[];
  view: ReturnType<typeof createClusterView>;
  wakes: NodeWakes;
  record: LoopRecord;
  /** To begin with. */
  logs: Logs;
  clock: Clock;
  enqueue(key: string): void;
  onError(controller: Controller, change: ObjectChange<KubeObject>, error: unknown): void;
}

/** Reads the logs from the cursors on, and turns what it finds into keys (`<controller>/<key>`). */
export interface TailReader {
  /** Something may be new in this log, or in any. */
  note(partition?: Partition): void;
  /** There is something for `read` to do. */
  readonly isStale: boolean;
  /** The logs that were noted, those that have no cursor yet, and what `catchUp` has found meanwhile. True: some cursor has moved. */
  read(): Promise<boolean>;
  /** Reads the log of a resource unless that was done already; what it finds becomes keys at the next `read`. */
  catchUp(resource: ApiResource): Promise<void>;
  /** Now and then notes the logs in which something was new: on Lambda no ring reaches a burst that runs, and where something happens more is to come. */
  lookAgain(): void;
  /** How far what was read has become keys (whoever begins there misses nothing), and where there are dependents. */
  progress(): Pick<LoopRecord, 'cursors' | 'owned'>;
  mayHoldDependents(resource: ApiResource): boolean;
}

interface Tail {
  resource: ApiResource;
  partition: Partition;
  listeners: { controller: Controller; source: Source }[];
  isRead: boolean;
  hasGrown: boolean;
  reading: Promise<void> | undefined;
  /** Read, and not yet turned into keys: that asks the view, which may have to read another log first. */
  found: { change: ObjectChange<KubeObject>; isLeft: boolean }[];
}

export function createTailReader({ store, table, controllers, view, wakes, clock, enqueue, onError, ...deps }: TailReaderDeps): TailReader {
  const tails = tailsOf(store.cluster, controllers);
  const cursors = { ...deps.record.cursors };
  const delivered = { ...deps.record.cursors };
  const owned = deps.record.owned && new Set(deps.record.owned);
  const cursorOf = (id: string): Revision | undefined => cursors[id] ?? (deps.record.cursors && NEVER_WRITTEN);
  const unread = createUnreadLogs(deps.logs);
  let lookedMs = clock.now();
  let hasMoved = false;

  const fetch = async (tail: Tail): Promise<void> => {
    const id = storageId(tail.resource);
    const cursor = cursorOf(id);
    const { changes, revision } = await readTail({ store, table }, tail.resource, cursor);
    view.saw(tail.resource, revision);
    tail.found.push(...changes.map((change) => ({ change, isLeft: deps.logs === 'all' && !tail.isRead })));
    tail.isRead = true;
    tail.hasGrown ||= changes.length > 0;
    hasMoved ||= cursor !== revision;
    cursors[id] = revision;
    if (changes.some(({ object }) => object?.metadata.ownerReferences !== undefined)) owned?.add(id);
  };
  const start = (tail: Tail): Promise<void> => (tail.reading = fetch(tail).finally(() => (tail.reading = undefined)));
  const refresh = async (tail: Tail): Promise<void> => {
    await tail.reading; // it may have looked before what is asked for was there
    await start(tail);
  };

  const deliver = async ({ resource, listeners, found }: Tail): Promise<void> => {
    const id = storageId(resource);
    const revision = cursors[id]; // more may be found meanwhile
    for (const { change, isLeft } of found.splice(0)) {
      wakes.changeSeen(resource, change, { isLeft });
      for (const listener of listeners) await enqueueKeys(listener, change, { view, enqueue, onError });
    }
    if (revision !== undefined) delivered[id] = revision;
  };

  return {
    note: unread.add,
    get isStale() {
      return !unread.isEmpty || [...tails.values()].some(({ found }) => found.length > 0);
    },
    async read() {
      const logs = unread.take();
      const isWanted = ({ resource, partition }: Tail): boolean => logs === 'all' || logs.has(partition) || cursorOf(storageId(resource)) === undefined;
      await Promise.all([...tails.values()].filter(isWanted).map(refresh));
      await Promise.all([...tails.values()].map(deliver));
      const moved = hasMoved;
      hasMoved = false;
      return moved;
    },
    async catchUp(resource) {
      const tail = tails.get(storageId(resource));
      if (tail !== undefined && !tail.isRead) await (tail.reading ?? start(tail));
    },
    lookAgain() {
      if (clock.now() - lookedMs < LOOK_EVERY_MS) return;
      lookedMs = clock.now();
      for (const { hasGrown, partition } of tails.values()) if (hasGrown) unread.add(partition);
    },
    progress: () => ({ cursors: Object.fromEntries(Object.entries(delivered).filter(([, revision]) => revision > NEVER_WRITTEN)), ...(owned && { owned: [...owned] }) }),
    mayHoldDependents: (resource) => owned?.has(storageId(resource)) ?? true,
  };
}

async function enqueueKeys({ controller, source }: Tail['listeners'][number], change: ObjectChange<KubeObject>, { view, enqueue, onError }: Pick<TailReaderDeps, 'view' | 'enqueue' | 'onError'>): Promise<void> {
  try {
    for (const key of await source.keys(change, view)) enqueue(`${controller.name}/${key}`);
  } catch (error) {
    // The store may be out for a while: then the burst ends and comes again. One odd object must not stop the log for ever.
    if (error instanceof PortError) throw error;
    onError(controller, change, error);
  }
}

function tailsOf(cluster: string, controllers: Controller[]): Map<string, Tail> {
  const tails = new Map<string, Tail>();
  for (const controller of controllers) {
    for (const source of controller.sources) {
      const { resource } = source;
      const id = storageId(resource);
      const tail = tails.get(id) ?? { resource, partition: partitionFor(cluster, resource), listeners: [], isRead: false, hasGrown: false, reading: undefined, found: [] };
      tail.listeners.push({ controller, source });
      tails.set(id, tail);
    }
  }
  return tails;
}
