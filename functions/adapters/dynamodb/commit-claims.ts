import { claimSubject } from '#ports/commit-bounds';
import { PortError } from '#ports/errors';
import type { ClaimWrite } from '#ports/table';
import { claimAction } from './claims.ts';
import { seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { refusedSubject, toTransactItem, type Action } from './transaction.ts';

const MAX_SENDS = 8;

/** Claims without objects. One that asks for nothing is a plain put: a heartbeat costs a single write unit. */
export async function commitClaims(dynamo: Dynamo, claims: readonly ClaimWrite[]): Promise<void> {
  const [first] = claims;
  if (!first) return;
  const stamp = { nonce: dynamo.ids.uuid(), nowSeconds: seconds(dynamo.clock.now()) };
  const actions = claims.map((claim) => ({ ...claimAction(claim, stamp), subject: claimSubject(claim) }));
  if (claims.length === 1 && first.expect === undefined) await putOne(dynamo, actions[0] as Action);
  else await commitAll(dynamo, actions, stamp.nonce);
}

async function putOne({ calls }: Dynamo, { key, item, subject }: Action): Promise<void> {
  const outcome = await (item ? calls.put(item) : calls.remove(key));
  if (outcome === 'conflict') throw new PortError('Conflict', 'the claim is being written', { subject: subject ?? '' });
}

// No log entry tells the outcome here: the token does. Sent again, a transaction that took effect answers with success once more.
async function commitAll({ calls }: Dynamo, actions: readonly Action[], token: string): Promise<void> {
  let unknown: Error | undefined;
  for (let send = 1; send <= MAX_SENDS; send++) {
    const outcome = await calls.transact(actions.map((action) => toTransactItem(calls.tableName, action)), token);
    if (outcome.kind === 'done') return;
    if (outcome.kind === 'fault') throw outcome.error;
    if (outcome.kind === 'refused') throw unknown ?? new PortError('Conflict', 'somebody else wrote first', { subject: refusedSubject(actions, outcome.reasons) ?? '' });
    if (outcome.kind === 'unknown') unknown = outcome.error;
    await calls.backOff(send);
  }
  throw unknown ?? new PortError('Throttled', 'DynamoDB throttles, or others write the same claims', { retryAfterSeconds: 1 });
}
