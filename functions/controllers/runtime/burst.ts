import { createKeyRunner } from './key-runner.ts';
import { saveRecord } from './loop-record.ts';
import { createSignal } from './signal.ts';
import { createTailReader } from './tail-reader.ts';
import type { createClusterView } from './cluster-view.ts';
import type { Controller, ReconcileFailure } from './controller.ts';
import type { createEvents } from './events.ts';
import type { LoadedRecord } from './loop-record.ts';
import type { NodeWakes } from './node-wakes.ts';
import type { Clock } from '#ports/clock';
import { hasCode } from '#ports/errors';
import type { Partition, Table } from '#ports/table';
import type { ApiResource } from '#api/resource';
import type { ObjectStore } from '#store/object-store';

const CONCURRENCY = 16;
const LINGER_MS = 200;
/** On Lambda no ring reaches a burst that runs; a long one looks for itself. */
const LOOK_EVERY_MS = 500;

export interface BurstDeps {
  store: ObjectStore;
  table: Table;
  controllers: Controller[];
  clock: Clock;
  view: ReturnType<typeof createClusterView>;
  wakes: NodeWakes;
  events: ReturnType<typeof createEvents>;
  record: LoadedRecord;
  /** Whose logs to begin with; undefined: all. */
  partitions?: Iterable<Partition> | undefined;
  concurrency?: number;
  lingerMs?: number;
  onError?(failure: ReconcileFailure): void;
}

export interface Left {
  /** Time was over first. */
  more: boolean;
  /** When the next key is due. */
  dueMs: number | undefined;
}

/** One life of the loop: read the logs, run keys, feed back what they wrote, until all is quiet; then save how far it came. */
export interface Burst {
  run(untilMs: number): Promise<Left>;
  /** Something may be new in this log, or in any. False: too late, this burst reads no more. */
  poke(partition?: Partition): boolean;
  /** Reads what is new of a resource that this burst has not looked at; its keys run afterwards. */
  catchUp(resource: ApiResource): Promise<void>;
  /** What a sweep has found now. */
  swept(keys: string[]): void;
}

export function createBurst(deps: BurstDeps): Burst {
  const { clock, table, store, lingerMs = LINGER_MS } = deps;
  const signal = createSignal();
  let record = deps.record;
  let unread: Set<Partition> | 'all' = deps.partitions === undefined ? 'all' : new Set(deps.partitions);
  let lookedMs = clock.now();
  let isOpen = true;
  let isUnsaved = false;

  const runner = createKeyRunner({ ...deps, due: record.due, concurrency: deps.concurrency ?? CONCURRENCY, onFinished: signal.raise });
  const reader = createTailReader({
    ...deps,
    cursors: record.cursors,
    enqueue: runner.add,
    onError: (controller, change, error) => deps.onError?.({ controller: controller.name, key: change.key, attempts: 0, error }),
  });

  const isStale = (): boolean => unread === 'all' || unread.size > 0 || reader.hasFound;
  const read = async (): Promise<void> => {
    const wanted = unread;
    unread = new Set();
    isUnsaved = (await reader.read(wanted)) || isUnsaved;
  };
  const poke = (partition?: Partition): boolean => {
    if (partition === undefined) unread = 'all';
    else if (unread !== 'all') unread.add(partition);
    signal.raise();
    return isOpen;
  };
  const lookAgain = (): void => {
    if (clock.now() - lookedMs < LOOK_EVERY_MS) return;
    lookedMs = clock.now();
    for (const partition of reader.partitions()) poke(partition);
  };
  const save = async (): Promise<void> => {
    if (!runner.takeChanged() && !isUnsaved) return;
    isUnsaved = false;
    try {
      record = await saveRecord(table, store.cluster, { ...record, cursors: reader.cursors(), due: runner.unfinished() });
    } catch (error) {
      // Another burst has saved: its record stands, and what this one did is found done.
      if (!hasCode(error, 'Conflict')) throw error;
    }
  };
  // Nothing runs and nothing waits. True: something came up after all.
  const settle = async (untilMs: number): Promise<boolean> => {
    if (isStale()) return true;
    const waitMs = (runner.nextDueMs() ?? Infinity) - clock.now();
    const isSoon = waitMs <= lingerMs && clock.now() + waitMs < untilMs;
    await (isSoon ? signal.waitAtMost(Math.max(1, waitMs), clock) : save());
    return isSoon || isStale();
  };
  const pump = async (untilMs: number): Promise<void> => {
    while (clock.now() < untilMs) {
      lookAgain();
      if (isStale()) await read();
      runner.addDue();
      runner.fill();
      if (runner.running > 0) await signal.wait();
      else if (!(await settle(untilMs))) return;
    }
  };

  return {
    poke,
    async catchUp(resource) {
      await reader.catchUp(resource);
      if (reader.hasFound) signal.raise();
    },
    swept(keys) {
      record = { ...record, sweptAtMs: clock.now() };
      isUnsaved = true;
      keys.forEach(runner.add);
    },
    async run(untilMs) {
      try {
        await pump(untilMs);
      } finally {
        isOpen = false;
        while (runner.running > 0) await signal.wait();
      }
      await save();
      return { more: runner.waiting > 0 || isStale(), dueMs: runner.nextDueMs() };
    },
  };
}
