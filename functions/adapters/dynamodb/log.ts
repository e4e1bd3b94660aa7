import type { Clock } from '#ports/clock';
import type { Partition, Revision } from '#ports/table';
import { seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { LOG_SECONDS, logKey, revisionOf, type EntryRecord, type LogRecord } from './layout.ts';
import type { WatermarkRecord } from './watermark.ts';

/** A stretch of a partition's log as it was read. Revisions that it lacks are holes, or history that is gone. */
export interface LogStretch {
  /** Exclusive. */
  after: Revision;
  records: Map<Revision, LogRecord>;
  /** The highest revision that the stretch gives evidence of; all of the log up to here has been looked at. */
  horizon: Revision;
  /** The watermark, where the end of the log was reached and there is one. */
  resolved?: Revision;
  complete: boolean;
}

export interface LogEntry {
  revision: Revision;
  entry: EntryRecord;
}

/** Reads on to the end, or until there are `enough` entries that still count. */
export async function readLog({ calls, clock }: Pick<Dynamo, 'calls' | 'clock'>, partition: Partition, after: Revision, bound?: { enough: number; counts: (entry: EntryRecord) => boolean }): Promise<LogStretch> {
  const stretch: LogStretch = { after, records: new Map(), horizon: after, complete: false };
  const limit = bound && { limit: bound.enough + 1 };
  for await (const page of calls.query<LogRecord | WatermarkRecord>(logKey(partition, after).pk, { from: logKey(partition, after + 1).sk, ...limit })) {
    for (const record of page) {
      if (record.type === 'resolved') stretch.resolved = record.rev;
      else keep(stretch, record, clock);
      stretch.horizon = Math.max(stretch.horizon, record.type === 'resolved' ? record.rev : revisionOf(record));
    }
    if (bound && entriesOf(stretch).filter(({ entry }) => bound.counts(entry)).length >= bound.enough) return stretch;
  }
  stretch.complete = true;
  return stretch;
}

/** What is past its time is as good as swept: the bodies that it points to may be. It still tells that its revision was reached. */
export function keep({ records }: LogStretch, record: LogRecord, clock: Clock): void {
  if (record.ttl > seconds(clock.now())) records.set(revisionOf(record), record);
}

/** Ascending, without the voids. */
export function entriesOf({ records }: LogStretch): LogEntry[] {
  const entries = [...records].flatMap(([revision, record]) => (record.type === 'entry' ? [{ revision, entry: record }] : []));
  return entries.sort((a, b) => a.revision - b.revision);
}

export function holesIn({ after, records }: LogStretch, upTo: Revision): Revision[] {
  const holes: Revision[] = [];
  for (let revision = after + 1; revision <= upTo && holes.length < MAX_HOLES; revision++) {
    if (!records.has(revision)) holes.push(revision);
  }
  return holes;
}

/** Puts an empty entry where there is none. A conflict says that the writer lives: its transaction is at work on that entry. */
export function putVoid({ calls, clock }: Pick<Dynamo, 'calls' | 'clock'>, partition: Partition, revision: Revision): Promise<'done' | 'refused' | 'conflict'> {
  const record: LogRecord = { ...logKey(partition, revision), type: 'void', ttl: seconds(clock.now()) + LOG_SECONDS };
  return calls.put(record, { condition: 'attribute_not_exists(pk)' });
}

// Looked at together; if there are more, they come in the next round.
const MAX_HOLES = 100;
