import type { ShiftedClock } from '#test/support/clock';
import { seededRandom } from '#test/support/ids';
import { runInterleaving, type Home, type Process } from './interleaving.ts';
import type { Table } from '#ports/table';

/** An adapter over its real storage, under many interleavings at once, each in a partition of its own. */
export interface Storage {
  clock: ShiftedClock;
  connect(gate: Gate): Process;
  /** What its callers have given up has taken effect by now, or never will. */
  quiet?(): Promise<void>;
  /** Everything due in these partitions may go. */
  sweep(partitions: readonly string[]): Promise<void>;
}

const DAYS_MS = 3 * 86_400_000;

/** Gives the faults. In a quarter of the batches days pass, for all of its interleavings at the same moment: they share the clock. */
export async function runBatch(seeds: readonly number[], storage: Storage): Promise<string[]> {
  const gate = new Gate();
  const passesDays = seededRandom(seeds[0] ?? 0)() < 0.25;
  const partitionOf = (seed: number): string => `c${run}-${seed}/things.`;
  const days = passesDays ? daysFor(seeds.length, { gate, storage, partitions: seeds.map(partitionOf) }) : () => Promise.resolve();
  const faults = await Promise.all(
    seeds.map(async (seed) => {
      const home: Home = {
        random: seededRandom(seed),
        clock: storage.clock,
        cluster: `c${run}-${seed}`,
        partition: partitionOf(seed),
        pause: () => gate.turn(),
        connect: () => storage.connect(gate),
        passesDays,
        passDays: days,
        calm: async () => storage.quiet?.(),
      };
      const fault = await runInterleaving(home);
      return fault === undefined ? [] : [`seed ${seed}: ${fault}`];
    }),
  );
  run++;
  return faults.flat();
}

let run = 0;

/** Where answers are held while everything stands still. */
export class Gate {
  frozen = false;
  private underWay = 0;
  private calls = 0;

  /** Passes a call on; its answer waits while the gate is shut, and is lost if the caller has died meanwhile. */
  async pass<T>(call: () => Promise<T>, isDead: () => boolean): Promise<T> {
    if (isDead()) return never();
    this.calls++;
    this.underWay++;
    try {
      return await call();
    } finally {
      this.underWay--;
      while (this.frozen) await immediate();
      if (isDead()) await never();
    }
  }

  async turn(): Promise<void> {
    do await immediate();
    while (this.frozen);
  }

  /** Nobody moves and nothing is under way, also after `audit` has looked. */
  async shut(audit: () => Promise<void>): Promise<void> {
    this.frozen = true;
    for (let calls = -1; calls !== this.calls || this.underWay > 0; ) {
      while (this.underWay > 0) await immediate();
      calls = this.calls;
      await audit();
    }
  }
}

// The last one to come makes the days pass for all.
function daysFor(count: number, { gate, storage, partitions }: { gate: Gate; storage: Storage; partitions: readonly string[] }): Home['passDays'] {
  const audits: ((table: Table) => Promise<void>)[] = [];
  let open: () => void;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return async (audit) => {
    audits.push(audit);
    if (audits.length < count) return passed;
    const { table } = storage.connect(new Gate());
    await gate.shut(async () => {
      await storage.quiet?.();
      for (const one of audits) await one(table);
    });
    storage.clock.shift(DAYS_MS);
    await storage.sweep(partitions);
    gate.frozen = false;
    open();
  };
}

function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
