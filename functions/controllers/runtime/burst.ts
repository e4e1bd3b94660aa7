import { createKeyRunner } from './key-runner.ts';
import { createProgress } from './progress.ts';
import { createSignal } from './signal.ts';
import { createTailReader } from './tail-reader.ts';
import type { createClusterView } from './cluster-view.ts';
import type { Controller, ReconcileFailure } from './controller.ts';
import type { Logs } from './unread-logs.ts';
import type { createEvents } from './events.ts';
import type { LoadedRecord } from './loop-record.ts';
import type { NodeWakes } from './node-wakes.ts';
import type { Clock } from '#ports/clock';
import type { Partition, Table } from '#ports/table';
import type { ApiResource } from '#api/resource';
import type { ObjectStore } from '#store/object-store';

const CONCURRENCY = 16;
const LINGER_MS = 200;

export interface BurstDeps {
  store: ObjectStore;
  table: Table;
  controllers: Controller[];
  clock: Clock;
  view: ReturnType<typeof createClusterView>;
  wakes: NodeWakes;
  events: ReturnType<typeof createEvents>;
  record: LoadedRecord;
  /** To begin with. */
  logs: Logs;
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

/** One life of the loop: read the logs, run keys, feed back what they wrote, until all is quiet; how far it came is saved. */
export interface Burst {
  run(untilMs: number): Promise<Left>;
  /** Something may be new in this log, or in any. False: too late, this burst reads no more. */
  poke(partition?: Partition): boolean;
  /** Reads what is new of a resource that this burst has not looked at; its keys run afterwards. */
  catchUp(resource: ApiResource): Promise<void>;
  mayHoldDependents(resource: ApiResource): boolean;
  /** What a sweep has found now. */
  swept(keys: string[]): void;
}

export function createBurst(deps: BurstDeps): Burst {
  const { clock, store, lingerMs = LINGER_MS } = deps;
  const signal = createSignal();
  let isOpen = true;

  const onFinished = (): void => {
    progress.keyDone();
    signal.raise();
  };
  const runner = createKeyRunner({ ...deps, due: deps.record.due, concurrency: deps.concurrency ?? CONCURRENCY, onFinished });
  const reader = createTailReader({ ...deps, enqueue: runner.add, onError: (controller, { key }, error) => deps.onError?.({ controller: controller.name, key, attempts: 0, error }) });
  const progress = createProgress({ ...deps, cluster: store.cluster, runner, reader });

  // Nothing runs and nothing waits. True: something came up after all.
  const settle = async (untilMs: number): Promise<boolean> => {
    if (reader.isStale) return true;
    const waitMs = (runner.nextDueMs() ?? Infinity) - clock.now();
    const isSoon = waitMs <= lingerMs && clock.now() + waitMs < untilMs;
    await (isSoon ? signal.waitAtMost(Math.max(1, waitMs), clock) : progress.save());
    return isSoon || reader.isStale;
  };
  const pump = async (untilMs: number): Promise<void> => {
    while (clock.now() < untilMs) {
      reader.lookAgain();
      if (reader.isStale && (await reader.read())) progress.cursorsMoved();
      await progress.saveWhenDue();
      runner.addDue();
      runner.fill();
      if (runner.running > 0) await signal.wait();
      else if (!(await settle(untilMs))) return;
    }
  };

  return {
    poke(partition) {
      reader.note(partition);
      signal.raise();
      return isOpen;
    },
    async catchUp(resource) {
      await reader.catchUp(resource);
      if (reader.isStale) signal.raise();
    },
    mayHoldDependents: reader.mayHoldDependents,
    swept(keys) {
      progress.swept();
      keys.forEach(runner.add);
    },
    async run(untilMs) {
      try {
        await pump(untilMs);
      } finally {
        isOpen = false;
        while (runner.running > 0) await signal.wait();
      }
      await progress.save();
      return { more: runner.waiting > 0 || reader.isStale, dueMs: runner.nextDueMs() };
    },
  };
}
