import { readTail, storageId } from './tails.ts';
import type { createClusterView } from './cluster-view.ts';
import type { Controller, Source } from './controller.ts';
import type { NodeWakes } from './node-wakes.ts';
import type { ObjectChange } from './object-change.ts';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { PortError } from '#ports/errors';
import type { Revision, Table } from '#ports/table';
import type { ObjectStore } from '#store/object-store';

export interface TailReaderDeps {
  store: ObjectStore;
  table: Table;
  controllers: Controller[];
  view: ReturnType<typeof createClusterView>;
  wakes: NodeWakes;
  cursors: Record<string, Revision>;
  enqueue(key: string): void;
  onError(controller: Controller, change: ObjectChange<KubeObject>, error: unknown): void;
}

/** Reads the logs from the cursors on, and turns what it finds into keys (`<controller>/<key>`). */
export interface TailReader {
  /** True: some cursor has moved. `all` also reads the cold ones. */
  read(all: boolean): Promise<boolean>;
  cursors(): Record<string, Revision>;
}

interface Tail {
  resource: ApiResource;
  isCold: boolean;
  listeners: { controller: Controller; source: Source }[];
}

export function createTailReader({ store, table, controllers, view, wakes, enqueue, onError, ...deps }: TailReaderDeps): TailReader {
  const tails = tailsOf(controllers);
  const cursors = { ...deps.cursors };

  const keysOf = async ({ controller, source }: Tail['listeners'][number], change: ObjectChange<KubeObject>): Promise<void> => {
    try {
      for (const key of await source.keys(change, view)) enqueue(`${controller.name}/${key}`);
    } catch (error) {
      // The store may be out for a while: then the burst ends and comes again. One odd object must not stop the log for ever.
      if (error instanceof PortError) throw error;
      onError(controller, change, error);
    }
  };

  const readOne = async ({ resource, listeners }: Tail): Promise<boolean> => {
    const id = storageId(resource);
    const { changes, revision } = await readTail({ store, table }, resource, cursors[id]);
    view.saw(resource, revision);
    if (cursors[id] === revision) return false;
    for (const change of changes) {
      wakes.changeSeen(resource, change);
      for (const listener of listeners) await keysOf(listener, change);
    }
    cursors[id] = revision;
    return true;
  };

  return {
    async read(all) {
      const moved = await Promise.all(tails.filter(({ isCold }) => all || !isCold).map(readOne));
      return moved.includes(true);
    },
    cursors: () => ({ ...cursors }),
  };
}

function tailsOf(controllers: Controller[]): Tail[] {
  const tails = new Map<string, Tail>();
  for (const controller of controllers) {
    for (const source of controller.sources) {
      const id = storageId(source.resource);
      const tail = tails.get(id) ?? { resource: source.resource, isCold: true, listeners: [] };
      tail.listeners.push({ controller, source });
      tail.isCold &&= source.cold === true;
      tails.set(id, tail);
    }
  }
  return [...tails.values()];
}
