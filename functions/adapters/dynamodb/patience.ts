import type { Partition } from '#ports/table';

const SHORTEST_MS = 250;
const LONGEST_MS = 5000;
const GROWTH = 1.5;

/**
 * How long a reader waits for a hole before it voids it. A void that hits a living writer costs it a whole commit, so each one makes the
 * next wait longer; a hole that its writer fills, or voids itself, makes it shorter again. (A fixed short wait collapses under load:
 * everybody voids everybody.)
 */
export interface Patience {
  waitMs(partition: Partition): number;
  voided(partition: Partition): void;
  filled(partition: Partition): void;
}

export function createPatience(): Patience {
  // Only partitions with more than the shortest wait are kept: those that had a void lately.
  const grown = new Map<Partition, number>();
  const waitMs = (partition: Partition): number => grown.get(partition) ?? SHORTEST_MS;
  return {
    waitMs,
    voided(partition) {
      grown.set(partition, Math.min(waitMs(partition) * GROWTH, LONGEST_MS));
    },
    filled(partition) {
      const next = waitMs(partition) / GROWTH;
      if (next > SHORTEST_MS) grown.set(partition, next);
      else grown.delete(partition);
    },
  };
}
