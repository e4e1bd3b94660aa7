import { createKeyRunner } from './key-runner.ts';
import { saveRecord } from './loop-record.ts';
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
const SAVE_EVERY_MS = 1_000;
const SAVE_EVERY_KEYS = 32;

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

/** One life of the loop: read the logs, run keys, feed back what they wrote, until all is quiet. How far it came is saved then, and now and then before: one that dies must leave less to the next than it found. */
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
  const { clock, table, store, lingerMs = LINGER_MS } = deps;
  const signal = createSignal();
  let record = deps.record;
  let isOpen = true;
  let isUnsaved = false;
  let savedMs = clock.now();
  let doneSinceSaved = 0;
  const onFinished = (): void => {
    doneSinceSaved += 1;
    signal.raise();
  };
  const runner = createKeyRunner({ ...deps, due: record.due, concurrency: deps.concurrency ?? CONCURRENCY, onFinished });
  const reader = createTailReader({ ...deps, enqueue: runner.add, onError: (controller, { key }, error) => deps.onError?.({ controller: controller.name, key, attempts: 0, error }) });

  const save = async (): Promise<void> => {
    if (!runner.takeChanged() && !isUnsaved) return;
    savedMs = clock.now();
    doneSinceSaved = 0;
    isUnsaved = runner.running + runner.waiting > 0; // saved as due, and soon done
    record = await saveRecord(table, store.cluster, { ...record, ...reader.progress(), due: runner.unfinished() });
  };
  // Nothing runs and nothing waits. True: something came up after all.
  const settle = async (untilMs: number): Promise<boolean> => {
    if (reader.isStale) return true;
    const waitMs = (runner.nextDueMs() ?? Infinity) - clock.now();
    const isSoon = waitMs <= lingerMs && clock.now() + waitMs < untilMs;
    await (isSoon ? signal.waitAtMost(Math.max(1, waitMs), clock) : save());
    return isSoon || reader.isStale;
  };
  const pump = async (untilMs: number): Promise<void> => {
    while (clock.now() < untilMs) {
      reader.lookAgain();
      if (reader.isStale) isUnsaved = (await reader.read()) || isUnsaved;
      if (doneSinceSaved >= SAVE_EVERY_KEYS || clock.now() - savedMs >= SAVE_EVERY_MS) await save();
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
      return { more: runner.waiting > 0 || reader.isStale, dueMs: runner.nextDueMs() };
    },
  };
}
