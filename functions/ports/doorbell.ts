import type { Partition, Revision } from './table.ts';

/**
 * Wakes the loop of one cluster. A ring carries no work: the log is the queue. It may be lost, doubled or late; the tick makes up for a lost one.
 * Rings of one cluster are never handled at the same time; a ring that comes while the loop runs causes one more run.
 */
export interface Doorbell {
  /** `at` names the commit that caused it: its log is read, without it all are, and the second ring for the same commit can be dropped. */
  ring(cluster: string, at?: { partition: Partition; revision: Revision }): Promise<void>;
  /** One ring in the future, for the earliest due time; `delayMs` beyond the adapter's bound is cut to it (the loop asks again). */
  ringLater(cluster: string, delayMs: number): Promise<void>;
}
