import type { Partition, Revision } from '#ports/table';
import { MARK_SECONDS, longDecided, seconds, type CounterRecord } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { FIRST_REVISION, counterKey, resolvedKey, type Key } from './layout.ts';

/**
 * Rule 4: all revisions up to `rev` are committed or void, and everything that their entries name has been read, strongly, at that
 * revision or later. The second half is needed because other readers see the items of a transaction one after another: a log entry
 * that is there does not say that its object is.
 */
export interface WatermarkRecord extends Key {
  readonly type: 'resolved';
  readonly rev: Revision;
}

export interface Settled {
  /** Up to here nothing can change any more, and what is missing is not a hole. */
  upTo: Revision;
  /** Until then, what lies above has certainly not been taken by TTL. A process may stand still between two calls for longer. */
  untilMs: number;
}

export async function readSettled({ calls, clock }: Pick<Dynamo, 'calls' | 'clock'>, partition: Partition): Promise<Settled> {
  const nowMs = clock.now();
  const records = await calls.getAll<WatermarkRecord | CounterRecord>([resolvedKey(partition), counterKey(partition)]);
  const resolved = records.find((record) => record.type === 'resolved')?.rev ?? FIRST_REVISION;
  const counter = records.find((record) => record.type === 'counter');
  return { upTo: Math.max(resolved, longDecided(counter, seconds(nowMs))), untilMs: nowMs + (MARK_SECONDS * 1000) / 2 };
}

/** By conditional maximum: of several readers the one that got furthest stays. */
export async function storeWatermark({ calls }: Pick<Dynamo, 'calls'>, partition: Partition, rev: Revision): Promise<void> {
  const record: WatermarkRecord = { ...resolvedKey(partition), type: 'resolved', rev };
  await calls.put(record, { condition: 'attribute_not_exists(pk) OR rev < :rev', values: { ':rev': rev } });
}
