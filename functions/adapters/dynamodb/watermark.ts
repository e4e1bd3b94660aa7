import type { Partition, Revision } from '#ports/table';
import { longDecided, seconds, type CounterRecord } from './counter.ts';
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

/** Up to here nothing can change any more, and nothing missing is a hole. */
export async function settledUpTo({ calls, clock }: Pick<Dynamo, 'calls' | 'clock'>, partition: Partition): Promise<Revision> {
  const records = await calls.getAll<WatermarkRecord | CounterRecord>([resolvedKey(partition), counterKey(partition)]);
  const resolved = records.find((record) => record.type === 'resolved')?.rev ?? FIRST_REVISION;
  const counter = records.find((record) => record.type === 'counter');
  return Math.max(resolved, longDecided(counter, seconds(clock.now())));
}

/** By conditional maximum: of several readers the one that got furthest stays. */
export async function storeWatermark({ calls }: Pick<Dynamo, 'calls'>, partition: Partition, rev: Revision): Promise<void> {
  const record: WatermarkRecord = { ...resolvedKey(partition), type: 'resolved', rev };
  await calls.put(record, { condition: 'attribute_not_exists(pk) OR rev < :rev', values: { ':rev': rev } });
}
