import type { Partition, Revision } from './table.ts';

/**
 * How a waiting reader (a watch, a list that must reach a revision) learns that a partition may have moved.
 * In one process the store itself signals; on Lambda nobody can, so it is a paced poll. It is a hint: the reader looks at
 * the log either way.
 */
export interface Wakeup {
  /** Resolves when the partition may have passed `after`, or when `timeoutMs` are over, or at once when the signal aborts. */
  wait(partition: Partition, after: Revision, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void>;
}
