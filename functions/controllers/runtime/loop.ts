import { createBurst, type Burst } from './burst.ts';
import { createClusterView } from './cluster-view.ts';
import { createEventMemory, createEvents } from './events.ts';
import { loadRecord } from './loop-record.ts';
import { createNodeWakes } from './node-wakes.ts';
import { NEVER_WRITTEN, storageId } from './tails.ts';
import type { Logs } from './unread-logs.ts';
import type { Admit, ClusterView } from './cluster-view.ts';
import type { Controller, ReconcileFailure } from './controller.ts';
import type { LoopRecord } from './loop-record.ts';
import { NODES, PODS } from '../resources.ts';
import type { Pod } from '#api/schema/kinds.generated';
import type { Clock } from '#ports/clock';
import type { Doorbell } from '#ports/doorbell';
import type { NodeChannel } from '#ports/node-channel';
import type { Partition, Table } from '#ports/table';
import { partitionFor } from '#store/keys';
import type { ObjectStore } from '#store/object-store';

export interface LoopDeps {
  store: ObjectStore;
  table: Table;
  controllers: Controller[];
  clock: Clock;
  nodeChannel: Pick<NodeChannel, 'wake'>;
  doorbell: Doorbell;
  /** The API server's admission of created objects, which controllers would bypass otherwise. */
  admit?: Admit;
  /** How many keys at once. */
  concurrency?: number;
  /** A key that is due this soon is waited for within the burst. */
  lingerMs?: number;
  onError?(failure: ReconcileFailure): void;
}

/** A controller-manager that lives for a burst: the log is its queue, a doorbell wakes it. One at a time for a cluster. */
export interface Loop {
  /** Works until nothing is left to do or time is over; what is left then, or due later, is rung for. */
  run(options: RunOptions): Promise<void>;
  /** There may be something new in this log, or in any. True: a burst runs that reads it at once. */
  poke(partition?: Partition): boolean;
  /** Makes up for lost rings: rings when a log is ahead of the cursors, a key is due, or a sweep finds something. */
  tick(): Promise<void>;
}

export interface RunOptions {
  untilMs: number;
  /** The logs that were rung for: only these are read, and whatever a key then asks for. */
  logs?: Logs;
}

const SWEEP_EVERY_MS = 5_000;
const COLD_TURNS = 10;

export function createLoop(deps: LoopDeps): Loop {
  const { store, table, controllers, clock, doorbell } = deps;
  const { cluster } = store;
  const memory = createEventMemory();
  let running: Burst | undefined;

  const open = () => {
    const failed = (error: unknown): void => deps.onError?.({ controller: 'loop', key: '', attempts: 0, error });
    const wakes = createNodeWakes({
      cluster,
      nodeChannel: deps.nodeChannel,
      nodeNames: async () => (await view.list(NODES)).map(({ metadata }) => metadata.name ?? ''),
      podsIn: (namespace) => view.list<Pod>(PODS, { namespace }),
      onError: failed,
    });
    const view = createClusterView({ store, table, wakes, admit: deps.admit, clock, onCommit: (resource) => void running?.poke(partitionFor(cluster, resource)), catchUp: async (resource) => running?.catchUp(resource), mayHoldDependents: (resource) => running?.mayHoldDependents(resource) ?? true });
    const events = createEvents({ view, memory, clock, onError: failed });
    return { view, wakes, events };
  };

  const sweep = async (view: ClusterView, events: ReturnType<typeof createEvents>): Promise<string[]> => {
    const found: string[] = [];
    for (const controller of controllers) {
      const keys = (await controller.sweep?.({ view, clock, events: events.for(controller.name) })) ?? [];
      found.push(...keys.map((key) => `${controller.name}/${key}`));
    }
    return found;
  };

  return {
    async run({ untilMs, logs = 'all' }) {
      const record = await loadRecord(table, cluster);
      const { view, wakes, events } = open();
      const burst = createBurst({ ...deps, view, wakes, events, record, logs });
      running = burst;
      try {
        if (clock.now() - record.sweptAtMs >= SWEEP_EVERY_MS) burst.swept(await sweep(view, events));
        const left = await burst.run(untilMs);
        if (left.more) await doorbell.ring(cluster);
        else if (left.dueMs !== undefined) await doorbell.ringLater(cluster, Math.max(0, left.dueMs - clock.now()));
      } finally {
        running = undefined;
        await Promise.all([events.settled(), wakes.settled()]);
      }
    },

    poke: (partition) => running?.poke(partition) ?? false,

    async tick() {
      const record = await loadRecord(table, cluster);
      const { view, events } = open();
      if (isDue(record, clock.now()) || (await isBehind(deps, record))) return doorbell.ring(cluster);
      if ((await sweep(view, events)).length > 0) await doorbell.ring(cluster);
    },
  };
}

function isDue({ due }: LoopRecord, nowMs: number): boolean {
  return due.some(([, { dueMs }]) => dueMs <= nowMs);
}

/** The cold ones take turns, a tenth a minute: all of them each time would be most of what a quiet cluster costs. */
async function isBehind({ store, table, controllers, clock }: LoopDeps, { cursors }: LoopRecord): Promise<boolean> {
  if (cursors === undefined) return true;
  const sources = controllers.flatMap((controller) => controller.sources);
  const hot = new Set(sources.filter(({ cold }) => cold !== true).map(({ resource }) => storageId(resource)));
  const resources = [...new Map(sources.map(({ resource }) => [storageId(resource), resource]))];
  const turn = Math.floor(clock.now() / 60_000) % COLD_TURNS;
  for (const [i, [id, resource]] of resources.entries()) {
    if (!hot.has(id) && i % COLD_TURNS !== turn) continue;
    const { changes } = await table.changes(partitionFor(store.cluster, resource), cursors[id] ?? NEVER_WRITTEN, 1);
    if (changes.length > 0) return true;
  }
  return false;
}
