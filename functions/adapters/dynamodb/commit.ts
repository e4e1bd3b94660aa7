import { refuseDoubles, refuseOversized, termChanges, writeSubject } from '#ports/commit-bounds';
import { PortError } from '#ports/errors';
import type { Commit, Partition, Revision, Write } from '#ports/table';
import { discardBody, isLarge, writeBody, type Body } from './bodies.ts';
import type { TransactOutcome } from './calls.ts';
import { commitClaims } from './commit-claims.ts';
import { reserve, seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { expired } from './expiry.ts';
import { findFate } from './fate.ts';
import { encodeValue } from './formats.ts';
import { objectKey, type Key, type ObjectRecord } from './layout.ts';
import { actionsOf, addedTerms, refusedSubject, termsOf, toTransactItem, type Action, type CommitPlan, type PreparedWrite } from './transaction.ts';

// A writer that is slower than this gives its revision up: tombstones and voids outlive it by far.
const GIVE_UP_MS = 60_000;
// Each lost attempt has made some reader more patient.
const MAX_VOIDED = 12;
const MAX_SENDS = 8;

/**
 * Rules 1, 2 and 7: read, reserve, commit. The order is what keeps the log a valid history: whatever was read has a lower revision than
 * what is reserved after it.
 */
export async function commit(dynamo: Dynamo, request: Commit): Promise<Revision[]> {
  refuseDoubles(request);
  refuseOversized(request, 0);
  const { writes, claims = [], by } = request;
  if (writes.length === 0) {
    await commitClaims(dynamo, claims);
    return [];
  }
  for (let lost = 0; lost < MAX_VOIDED; lost++) {
    const prepared = await prepare(dynamo, writes);
    refuseOversized(request, sum(prepared.map(changedTerms)));
    const reservedAtMs = dynamo.clock.now();
    const revisions = await reserveAll(dynamo, writes);
    const plan: CommitPlan = { tableName: dynamo.calls.tableName, prepared, revisions, claims, nonce: dynamo.ids.uuid(), by, nowSeconds: seconds(reservedAtMs) };
    if ((await attempt(dynamo, plan, reservedAtMs + GIVE_UP_MS)) === 'done') return revisions;
  }
  throw new PortError('Unavailable', 'readers voided every attempt', { retryAfterSeconds: 1 });
}

/** Reads what is to be replaced: its revision is checked before a new one is spent, and the log is told what it was. */
async function prepare({ calls, clock }: Dynamo, writes: readonly Write[]): Promise<PreparedWrite[]> {
  const records = await calls.getAll<ObjectRecord>(writes.map(({ partition, key }) => objectKey(partition, key)));
  const found = new Map(records.map((record) => [nameOf(record), record]));
  return writes.map((write) => {
    const record = found.get(nameOf(objectKey(write.partition, write.key)));
    if ((record?.rev ?? 0) !== write.expect) throw conflict(writeSubject(write));
    const live = record?.value && !expired(record.value, seconds(clock.now())) ? { rev: record.rev, value: record.value } : undefined;
    return { write, value: write.value === null ? undefined : encodeValue(write.value), previous: live, indexed: record?.value?.terms ?? [] };
  });
}

async function reserveAll(dynamo: Dynamo, writes: readonly Write[]): Promise<Revision[]> {
  const counts = new Map<Partition, number>();
  for (const { partition } of writes) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  const next = new Map(await Promise.all([...counts].map(async ([partition, count]) => [partition, (await reserve(dynamo, partition, count)) - count + 1] as const)));
  return writes.map(({ partition }) => {
    const revision = next.get(partition) as Revision;
    next.set(partition, revision + 1);
    return revision;
  });
}

/** `voided`: certainly nothing was written, and these revisions never will be. */
async function attempt(dynamo: Dynamo, plan: CommitPlan, giveUpAtMs: number): Promise<'done' | 'voided'> {
  const { calls, clock } = dynamo;
  const actions = actionsOf(plan);
  await Promise.all(largeWrites(plan).map((body) => writeBody(dynamo, body)));
  let last: TransactOutcome | undefined;
  for (let send = 1; send <= MAX_SENDS && clock.now() < giveUpAtMs; send++) {
    last = await calls.transact(actions.map((action) => toTransactItem(calls.tableName, action)));
    if (last.kind === 'done') return 'done';
    if (last.kind !== 'conflict' && last.kind !== 'throttled') break;
    await calls.backOff(send);
  }
  if ((await findFate(dynamo, plan, actions)) === 'done') return 'done';
  await Promise.all(largeWrites(plan).map(({ partition, revision }) => discardBody(dynamo, partition, revision)));
  refuseHopeless(last, actions);
  return 'voided';
}

function largeWrites({ prepared, revisions }: CommitPlan): Body[] {
  return prepared.flatMap(({ write: { partition, expiresAtSeconds }, value }, i) => (value && isLarge(value) ? [{ partition, revision: revisions[i] as Revision, value, expiresAtSeconds }] : []));
}

// Throws where a new attempt would end the same way. Otherwise a reader voided this one, or its outcome was unknown until we voided it.
function refuseHopeless(last: TransactOutcome | undefined, actions: readonly Action[]): void {
  if (last?.kind === 'fault') throw last.error;
  if (last?.kind === 'throttled') throw new PortError('Throttled', 'DynamoDB throttles', { cause: last.error, retryAfterSeconds: 1 });
  if (last?.kind === 'conflict') throw new PortError('Unavailable', 'other transactions are at work on the same items', { cause: last.error, retryAfterSeconds: 1 });
  const subject = last?.kind === 'refused' ? refusedSubject(actions, last.reasons) : undefined;
  if (subject !== undefined) throw conflict(subject);
}

function conflict(subject: string): PortError {
  return new PortError('Conflict', 'somebody else wrote first', { subject });
}

function changedTerms({ write, previous, indexed }: PreparedWrite): number {
  return addedTerms(previous, termsOf(write)).length + termChanges(indexed, termsOf(write)).removed.length;
}

function nameOf({ pk, sk }: Key): string {
  return `${pk} ${sk}`;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
