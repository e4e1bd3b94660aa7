import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import { claimSubject } from '#ports/commit-bounds';
import { PortError } from '#ports/errors';
import type { ClaimWrite } from '#ports/table';
import type { TransactOutcome } from './calls.ts';
import { claimAction } from './claims.ts';
import { seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { refusedSubject, toTransactItem, type Action } from './transaction.ts';

const MAX_SENDS = 8;

/** Claims without objects. A single one that is written needs no transaction, which would cost twice the write units: a heartbeat costs one. */
export async function commitClaims(dynamo: Dynamo, claims: readonly ClaimWrite[]): Promise<void> {
  const [first] = claims;
  if (!first) return;
  const { calls } = dynamo;
  const stamp = { nonce: dynamo.ids.uuid(), nowSeconds: seconds(dynamo.clock.now()) };
  const actions = claims.map((claim) => ({ ...claimAction(claim, stamp), subject: claimSubject(claim) }));
  const [action] = actions as [Action];
  const { key, item = key, condition, values } = action;
  if (claims.length > 1 || (first.expect !== undefined && first.value === null)) return commitAll(dynamo, actions, stamp.nonce);
  if (first.expect === undefined) return overwrite(dynamo, action);
  const isThere = async (): Promise<boolean> => (await calls.get<{ version?: string }>(key))?.version === stamp.nonce;
  return untilKnown(dynamo, actions, { send: () => calls.putOnce(item, { ...(condition !== undefined && { condition }), ...(values && { values }) }), isThere });
}

async function overwrite({ calls }: Dynamo, { key, item, subject = '' }: Action): Promise<void> {
  const outcome = await (item ? calls.put(item) : calls.remove(key));
  if (outcome === 'conflict') throw new PortError('Conflict', 'the claim is being written', { subject });
}

// No log entry tells the outcome here: the token does. Sent again, a transaction that took effect answers with success once more.
function commitAll(dynamo: Dynamo, actions: readonly Action[], token: string): Promise<void> {
  const { calls } = dynamo;
  return untilKnown(dynamo, actions, { send: () => calls.transact(actions.map((action) => toTransactItem(calls.tableName, action)), token), isThere: async () => false });
}

/** `isThere`: one that was refused when it was sent again is there, from the time before. */
async function untilKnown({ calls }: Dynamo, actions: readonly Action[], { send, isThere }: { send(): Promise<TransactOutcome>; isThere(): Promise<boolean> }): Promise<void> {
  let unknown: Error | undefined;
  for (let sent = 1; sent <= MAX_SENDS; sent++) {
    const outcome = await send();
    if (outcome.kind === 'done') return;
    if (outcome.kind === 'fault') throw outcome.error;
    if (outcome.kind === 'refused') {
      if (unknown !== undefined && (await isThere().catch(() => false))) return;
      throw unknown ?? new PortError('Conflict', 'somebody else wrote first', { subject: subjectOf(actions, outcome.reasons) });
    }
    if (outcome.kind === 'unknown') unknown = outcome.error;
    await calls.backOff(sent);
  }
  throw unknown ?? new PortError('Throttled', 'DynamoDB throttles, or others write the same claims', { retryAfterSeconds: 1 });
}

// Only a transaction has reasons, one for each of its parts.
function subjectOf(actions: readonly Action[], reasons: readonly CancellationReason[]): string {
  return (actions.length === 1 ? actions[0]?.subject : refusedSubject(actions, reasons)) ?? '';
}
