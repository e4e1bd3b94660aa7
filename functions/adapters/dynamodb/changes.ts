import type { Change, Changes, Partition, Revision } from '#ports/table';
import { readBodies } from './bodies.ts';
import { seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { expired } from './expiry.ts';
import { closeHoles, expiredAt } from './holes.ts';
import { FIRST_REVISION, type EntryRecord, type Version } from './layout.ts';
import { entriesOf, readLog, type LogEntry } from './log.ts';
import { settle } from './settle.ts';

/** Rules 3 and 6: nothing below what is delivered can still appear; what cannot be delivered whole is Expired. */
export async function changes(dynamo: Dynamo, partition: Partition, after: Revision, limit: number): Promise<Changes> {
  // To readers, an entry that has expired with its object is a void.
  const now = seconds(dynamo.clock.now());
  const counts = ({ value }: EntryRecord): boolean => !value || !expired(value, now);

  const stretch = await readLog(dynamo, partition, Math.max(after, FIRST_REVISION), { enough: limit, counts });
  if ((await closeHoles(dynamo, partition, stretch)) === 'gone') throw expiredAt(after);
  if (stretch.resolved !== undefined && stretch.horizon - stretch.resolved >= dynamo.raiseEvery) await settle(dynamo, partition);

  const entries = entriesOf(stretch).filter(({ entry }) => counts(entry));
  const given = entries.slice(0, limit);
  const bodies = await readBodies(dynamo, partition, given.flatMap(versionsOf));
  if (bodies === 'gone') throw expiredAt(after);
  const whole = stretch.complete && given.length === entries.length;
  return { changes: given.map((one) => toChange(one, bodies)), revision: whole ? Math.max(stretch.horizon, after) : (given.at(-1)?.revision ?? after) };
}

function versionsOf({ revision, entry: { value, previous } }: LogEntry): Version[] {
  return [{ rev: revision, ...(value && { value }) }, ...(previous ? [previous] : [])];
}

function toChange({ revision, entry: { key, previous, by } }: LogEntry, bodies: ReadonlyMap<Revision, Uint8Array>): Change {
  const replaced = previous && bodies.get(previous.rev);
  return { revision, key, value: bodies.get(revision) ?? null, previous: replaced ?? null, previousRevision: previous?.rev ?? 0, ...(by !== undefined && { by }) };
}
