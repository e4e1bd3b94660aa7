import type { Partition, Revision } from '#ports/table';
import { retireBody } from './bodies.ts';
import { seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { closeHoles } from './holes.ts';
import { indexKey, objectKey, type EntryRecord, type IndexRecord, type Key, type ObjectRecord } from './layout.ts';
import { entriesOf, readLog, type LogEntry } from './log.ts';
import { addedTerms } from './transaction.ts';
import { readSettled, storeWatermark } from './watermark.ts';

/**
 * Raises the watermark as far as the log goes: closes the holes, makes sure that all halves of all commits are to be seen, then says so.
 * Whoever reads far above the watermark calls this, and the stream's function does. A half that is still to come puts it off.
 */
export async function settle(dynamo: Dynamo, partition: Partition): Promise<void> {
  const { upTo: from } = await readSettled(dynamo, partition);
  const stretch = await readLog(dynamo, partition, from);
  if (stretch.horizon === from || (await closeHoles(dynamo, partition, stretch)) === 'gone') return;
  const entries = entriesOf(stretch);
  if (!(await allShown(dynamo, partition, entries))) return;
  for (const { entry } of entries) if (entry.previous) await retireBody(dynamo, partition, entry.previous);
  await storeWatermark(dynamo, partition, stretch.horizon);
}

// A transaction is shown whole within moments. Past an hour there is nothing to look for, and past a day the tombstone to look at may be gone.
const SHOWN_AFTER_SECONDS = 3600;

async function allShown({ calls, clock }: Dynamo, partition: Partition, entries: readonly LogEntry[]): Promise<boolean> {
  const expected = new Map<string, { key: Key; revision: Revision }>();
  for (const { revision, entry } of entries) {
    if (entry.at <= seconds(clock.now()) - SHOWN_AFTER_SECONDS) continue;
    for (const key of namedBy(partition, entry)) expected.set(nameOf(key), { key, revision });
  }
  const shown = await calls.getAll<ObjectRecord | IndexRecord>([...expected.values()].map(({ key }) => key));
  const seen = new Map(shown.map((record) => [nameOf(record), record.rev]));
  return [...expected].every(([name, { revision }]) => (seen.get(name) ?? 0) >= revision);
}

// Index entries that vanished need no look: a reader by index checks the object's own terms. One that has not appeared yet would hide it.
function namedBy(partition: Partition, { key, value, previous }: EntryRecord): Key[] {
  return [objectKey(partition, key), ...addedTerms(previous, value?.terms ?? []).map((term) => indexKey(partition, term, key))];
}

function nameOf({ pk, sk }: Key): string {
  return `${pk} ${sk}`;
}
