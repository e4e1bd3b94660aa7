import type { Partition, Revision } from '#ports/table';
import type { Dynamo } from './dynamo.ts';
import { FIRST_REVISION, LOG_SECONDS, counterKey, directoryKey, type Key } from './layout.ts';

/**
 * Rule 1: revisions are reserved by adding to the partition's counter, after the objects have been read and before they are committed.
 *
 * The counter also keeps marks of its age, so that a revision reserved long ago can be told from one whose writer is still at work:
 * a log entry that TTL has taken and a writer's hole both look like nothing at all.
 */
export interface CounterRecord extends Key {
  readonly type: 'counter';
  readonly n: Revision;
  readonly reservedAt: number;
  /** The value of `n` when it was last marked. */
  readonly mark: Revision;
  readonly markedAt: number;
  /** What `longDecided` was then. */
  readonly decided: Revision;
}

// A revision is known to be long decided at most three of these after its reservation: before TTL can take its entry.
export const MARK_SECONDS = LOG_SECONDS / 4;

/** Reserves `count` revisions and gives the last of them. */
export async function reserve({ calls, clock }: Dynamo, partition: Partition, count: number): Promise<Revision> {
  for (;;) {
    const now = seconds(clock.now());
    const counter = await calls.update<CounterRecord>(counterKey(partition), 'SET reservedAt = :now ADD n :count', {
      condition: 'markedAt > :before',
      values: { ':now': now, ':count': count, ':before': now - MARK_SECONDS },
    });
    if (counter !== 'refused') return counter.n;
    await moveMark({ calls, clock }, partition);
  }
}

/**
 * All revisions up to this one were reserved half a day ago or earlier: what their writers did is done and visible, and what is missing
 * was voided by nobody or taken by TTL.
 */
export function longDecided(counter: CounterRecord | undefined, now: number): Revision {
  if (!counter) return FIRST_REVISION;
  const longAgo = now - MARK_SECONDS;
  if (counter.reservedAt <= longAgo) return counter.n;
  return counter.markedAt <= longAgo ? counter.mark : counter.decided;
}

// Twice a day and partition, by the first writer that finds the mark old. Of several, one wins; the others find a young mark.
async function moveMark({ calls, clock }: Pick<Dynamo, 'calls' | 'clock'>, partition: Partition): Promise<void> {
  const counter = await calls.get<CounterRecord>(counterKey(partition));
  // Taken after the read: the mark must not claim to be elder than the reservations that it covers.
  const now = seconds(clock.now());
  if (!counter) {
    if ((await calls.put({ ...directoryKey(partition) })) !== 'done') return; // and so again: no partition that is not in the directory
    const first: CounterRecord = { ...counterKey(partition), type: 'counter', n: FIRST_REVISION, reservedAt: now, mark: FIRST_REVISION, markedAt: now, decided: FIRST_REVISION };
    await calls.put(first, { condition: 'attribute_not_exists(pk)' });
    return;
  }
  await calls.update(counterKey(partition), 'SET decided = :decided, mark = :n, markedAt = :now', {
    condition: 'n = :n AND markedAt = :markedAt',
    values: { ':decided': longDecided(counter, now), ':n': counter.n, ':now': now, ':markedAt': counter.markedAt },
  });
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
