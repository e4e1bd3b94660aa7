import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import type { Clock } from '#ports/clock';
import { hasCode } from '#ports/errors';
import type { Ids } from '#ports/ids';
import type { Claim, Table } from '#ports/table';
import { seat, type Seat } from './seats.ts';
import { tooManyWatches, type WatchBudget } from './watch-budget.ts';

export interface ClusterBudgetOptions {
  table: Pick<Table, 'readClaim' | 'commit'>;
  cluster: string;
  clock: Clock;
  ids: Ids;
  limit: number;
}

const KEY = 'watches';
const MAX_TURNS = 8;
const TURN_MS = 50;
/** How soon a watch learns that it has lost its seat. */
const LOOK_EVERY_MS = 2_000;
const LONGEST_WAIT_SECONDS = 10;
// Between the end of a watch and the end of its process.
const SPARE_MS = 10_000;

/**
 * Over all processes of an installation, where each serves one request and none hears that its client has left: the seats are one record.
 * Who dies with a seat loses it to the next who needs it.
 */
export function createClusterBudget(options: ClusterBudgetOptions): WatchBudget {
  const { table, cluster, clock, ids, limit } = options;
  const read = async (): Promise<{ claim: Claim | undefined; seats: Seat[] }> => {
    const claim = await table.readClaim(cluster, KEY);
    return { claim, seats: claim === undefined ? [] : fromJsonBytes<Seat[]>(claim.value) };
  };
  // Gives what `change` has made of the seats, or nothing when it leaves them alone; throws what it throws.
  const rewrite = async (change: (seats: Seat[]) => Seat[] | undefined): Promise<void> => {
    for (let turn = 1; ; turn++) {
      const { claim, seats } = await read();
      const changed = change(seats);
      if (changed === undefined) return;
      try {
        return await write(options, claim, changed);
      } catch (error) {
        if (!hasCode(error, 'Conflict')) throw error;
        if (turn === MAX_TURNS) throw tooManyWatches(1);
      }
      await clock.sleep(ids.integer(turn * TURN_MS));
    }
  };

  return {
    async take({ durationMs, comesAgain }) {
      const id = ids.uuid();
      await rewrite((seats) => {
        const sinceMs = clock.now();
        const seated = seat(seats, { id, sinceMs, untilMs: sinceMs + durationMs + SPARE_MS, comesAgain }, limit);
        if ('waitMs' in seated) throw tooManyWatches(Math.min(LONGEST_WAIT_SECONDS, Math.ceil(seated.waitMs / 1000)));
        return seated.seats;
      });
      const lost = new AbortController();
      const released = new AbortController();
      const look = async (): Promise<void> => {
        for (;;) {
          await clock.sleep(LOOK_EVERY_MS, released.signal);
          if (released.signal.aborted) return;
          const { seats } = await read();
          if (!seats.some((held) => held.id === id)) return lost.abort();
        }
      };
      // Who cannot look goes on: the seat has an end of its own.
      look().catch(() => undefined);
      return {
        lost: lost.signal,
        async release() {
          if (released.signal.aborted) return;
          released.abort();
          // A seat that is not given back is taken when it is needed.
          await rewrite((seats) => (seats.some((held) => held.id === id) ? seats.filter((held) => held.id !== id) : undefined)).catch(() => undefined);
        },
      };
    },
  };
}

async function write({ table, cluster, clock }: ClusterBudgetOptions, claim: Claim | undefined, seats: Seat[]): Promise<void> {
  const endMs = Math.max(clock.now(), ...seats.map(({ untilMs }) => untilMs));
  const value = toJsonBytes(seats);
  await table.commit({ writes: [], claims: [{ cluster, key: KEY, expect: claim?.version ?? null, value, expiresAtSeconds: Math.ceil(endMs / 1000) + 1 }] });
}
