import type { Partition, Revision } from '#ports/table';
import type { Action, CommitPlan } from './transaction.ts';
import { seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { DAY_SECONDS, logKey, type LogRecord } from './layout.ts';
import { putVoid } from './log.ts';

const MAX_LOOKS = 40;

/**
 * Rule 7: what became of a commit that did not answer with success. The log decides: our own entry says done; another's, a void, or
 * one that we now put there ourselves says that it never will be. All of its revisions are decided, so that no hole is left for readers to wait for.
 */
export async function findFate(dynamo: Dynamo, plan: CommitPlan, actions: readonly Action[]): Promise<'done' | 'lost'> {
  try {
    return await askTheLog(dynamo, plan, actions);
  } catch (error) {
    // Not an error of the port: those promise that nothing was written.
    throw new Error('whether a commit took effect could not be found out', { cause: error });
  }
}

async function askTheLog(dynamo: Dynamo, { prepared, revisions, nonce, nowSeconds }: CommitPlan, actions: readonly Action[]): Promise<'done' | 'lost'> {
  const fates = await Promise.all(prepared.map(({ write }, i) => decide(dynamo, { partition: write.partition, revision: revisions[i] as Revision, nonce, reservedAt: nowSeconds })));
  if (!fates.includes('mine')) return 'lost';
  await untilShown(dynamo, actions);
  return 'done';
}

async function decide({ calls, clock }: Dynamo, { partition, revision, nonce, reservedAt }: { partition: Partition; revision: Revision; nonce: string; reservedAt: number }): Promise<'mine' | 'lost'> {
  for (let look = 1; look <= MAX_LOOKS; look++) {
    const record = await calls.get<LogRecord>(logKey(partition, revision));
    if (record) return record.type === 'entry' && record.nonce === nonce ? 'mine' : 'lost';
    // A process that stood still for so long may find nothing because TTL has taken its entry.
    if (seconds(clock.now()) >= reservedAt + DAY_SECONDS) break;
    const outcome = await putVoid({ calls, clock }, partition, revision);
    if (outcome === 'done') return 'lost';
    // A conflict is our own transaction, still at work on the entry.
    if (outcome === 'conflict') await calls.backOff(Math.min(look, 6));
  }
  throw new Error(`revision ${revision} of ${partition} stays undecided`);
}

// Done is not yet visible: other items of the transaction may be shown later, and whoever reads after our answer must see them all.
async function untilShown({ calls }: Dynamo, actions: readonly Action[]): Promise<void> {
  for (let look = 1; look <= MAX_LOOKS; look++) {
    if (await calls.settled(actions.map(({ key }) => key))) return;
    await calls.backOff(Math.min(look, 6));
  }
  throw new Error('a transaction that has committed does not end');
}
