import { PortError } from '#ports/errors';
import type { Partition, Revision } from '#ports/table';
import { discardBody } from './bodies.ts';
import type { PutOutcome } from './calls.ts';
import type { Dynamo } from './dynamo.ts';
import { logKey, type LogRecord } from './layout.ts';
import { holesIn, keep, putVoid, type LogStretch } from './log.ts';
import { readSettled } from './watermark.ts';

// Far longer than any writer holds on to a revision: only a service that does not answer keeps a hole open for so long.
const DEADLINE_MS = 120_000;

/**
 * Rule 3: makes the stretch whole up to its horizon. Below a revision that has been seen, a missing one is a writer that is still at
 * work, or dead. The reader waits, looks again, then voids: whoever writes the empty entry first decides that nothing will ever be there.
 *
 * `gone`: the missing revision is below what is settled, so TTL has taken it (rule 6), and it must not be mistaken for a hole.
 */
export async function closeHoles(dynamo: Dynamo, partition: Partition, stretch: LogStretch): Promise<'whole' | 'gone'> {
  const { clock, patience } = dynamo;
  const deadline = clock.now() + DEADLINE_MS;
  for (let waited = false; clock.now() < deadline; waited = true) {
    if (holesIn(stretch, stretch.horizon).length === 0) return 'whole';
    // In this order: what is settled now was in the log before, so that missing in a later read means taken away.
    const settled = await readSettled(dynamo, partition);
    const holes = await lookAgain(dynamo, partition, stretch);
    const [lowest] = holes;
    if (lowest === undefined) {
      if (waited) patience.filled(partition);
      continue;
    }
    if (lowest <= settled.upTo) return 'gone';
    if (!waited) await clock.sleep(patience.waitMs(partition));
    else if (clock.now() < settled.untilMs) await voidHoles(dynamo, partition, holes);
  }
  throw new PortError('Unavailable', `revision ${holesIn(stretch, stretch.horizon)[0]} of ${partition} stays undecided`, { retryAfterSeconds: 1 });
}

async function lookAgain({ calls, clock }: Dynamo, partition: Partition, stretch: LogStretch): Promise<Revision[]> {
  const holes = holesIn(stretch, stretch.horizon);
  for (const record of await calls.getAll<LogRecord>(holes.map((hole) => logKey(partition, hole)))) {
    keep(stretch, record, clock);
  }
  return holesIn(stretch, stretch.horizon);
}

async function voidHoles(dynamo: Dynamo, partition: Partition, holes: readonly Revision[]): Promise<void> {
  const outcomes = await Promise.all(holes.map((hole) => voidHole(dynamo, partition, hole)));
  if (outcomes.includes('conflict')) await dynamo.clock.sleep(dynamo.patience.waitMs(partition));
}

// Refused: it has just been filled, and the next look sees it. Conflict: the writer lives, so wait for it.
async function voidHole(dynamo: Dynamo, partition: Partition, hole: Revision): Promise<PutOutcome> {
  const outcome = await putVoid(dynamo, partition, hole);
  if (outcome === 'done') {
    dynamo.patience.voided(partition);
    await discardBody(dynamo, partition, hole);
  }
  return outcome;
}

export function expiredAt(revision: Revision): PortError {
  return new PortError('Expired', `the log no longer reaches back to revision ${revision}`);
}
