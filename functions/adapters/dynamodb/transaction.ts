import type { CancellationReason, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { claimSubject, termChanges, writeSubject } from '#ports/commit-bounds';
import type { ClaimWrite, IndexTerm, Revision, Write } from '#ports/table';
import { marshal } from './attributes.ts';
import { storedBody } from './bodies.ts';
import { conditionOf, keyOf, type Condition } from './calls.ts';
import { claimAction, type ClaimAction } from './claims.ts';
import type { EncodedValue } from './formats.ts';
import { LOG_SECONDS, TOMBSTONE_SECONDS, indexKey, logKey, objectKey, type EntryRecord, type IndexRecord, type Key, type ObjectRecord, type Version } from './layout.ts';

/** A write beside what it was found to meet. */
export interface PreparedWrite {
  write: Write;
  /** undefined: it deletes. */
  value: EncodedValue | undefined;
  /** The version that it replaces, if that was live; expired is not. */
  previous: Version | undefined;
  /** Terms that index entries exist for, also those of an object that has expired. */
  indexed: readonly IndexTerm[];
}

export interface CommitPlan {
  tableName: string;
  prepared: readonly PreparedWrite[];
  /** One for each write. */
  revisions: readonly Revision[];
  claims: readonly ClaimWrite[];
  nonce: string;
  by: string | undefined;
  nowSeconds: number;
}

export interface Action extends Condition {
  key: Key;
  /** undefined: deleted. */
  item?: Key;
  /** What it means when the condition does not hold; undefined for a log entry: the revision was voided. */
  subject?: string;
}

/** Rule 2: the whole of a commit as one transaction. */
export function actionsOf(plan: CommitPlan): Action[] {
  const writes = plan.prepared.flatMap((prepared, i) => writeActions(plan, prepared, plan.revisions[i] as Revision));
  return [...writes, ...plan.claims.map((claim) => ({ ...claimAction(claim, plan), subject: claimSubject(claim) }))];
}

export function toTransactItem(tableName: string, { key, item, ...condition }: Action | ClaimAction): TransactWriteItem {
  const table = { TableName: tableName, ...conditionOf(condition) };
  return item ? { Put: { ...table, Item: marshal(item) } } : { Delete: { ...table, Key: keyOf(key) } };
}

/** What stood in the way, other than a void. */
export function refusedSubject(actions: readonly Action[], reasons: readonly CancellationReason[]): string | undefined {
  return actions.find(({ subject }, i) => subject !== undefined && reasons[i]?.Code === 'ConditionalCheckFailed')?.subject;
}

function writeActions(plan: CommitPlan, prepared: PreparedWrite, revision: Revision): Action[] {
  return [objectAction(plan, prepared, revision), entryAction(plan, prepared, revision), ...indexActions(plan, prepared, revision)];
}

// Exactly the version that was read, be it a tombstone: a deletion that nobody remembers would let an elder revision in behind it.
function objectAction({ nowSeconds }: CommitPlan, prepared: PreparedWrite, revision: Revision): Action {
  const { write } = prepared;
  const { partition, key, expect } = write;
  const item: ObjectRecord = { ...objectKey(partition, key), type: 'object', ...versionOf(prepared, revision), ...lifeOf(write, nowSeconds) };
  const condition: Condition =
    expect === 0 ? { condition: 'attribute_not_exists(pk)' } : { condition: 'rev = :expect AND rev < :revision', values: { ':expect': expect, ':revision': revision } };
  return { key: item, item, subject: writeSubject(write), ...condition };
}

// None exists: neither a void that a reader has put there, nor what this very writer committed without learning of it.
function entryAction({ nonce, by, nowSeconds }: CommitPlan, prepared: PreparedWrite, revision: Revision): Action {
  const { write, previous } = prepared;
  const { value } = versionOf(prepared, revision);
  const item: EntryRecord = {
    ...logKey(write.partition, revision),
    type: 'entry',
    key: write.key,
    ...(value && { value }),
    ...(previous && { previous }),
    nonce,
    at: nowSeconds,
    ...(by !== undefined && { by }),
    ttl: nowSeconds + LOG_SECONDS,
  };
  return { key: item, item, condition: 'attribute_not_exists(pk)' };
}

// Without conditions: nobody else touches these but through the object's.
function indexActions({ nowSeconds }: CommitPlan, { write, previous, indexed }: PreparedWrite, revision: Revision): Action[] {
  const terms = termsOf(write);
  const entry = (term: IndexTerm): IndexRecord => ({ ...indexKey(write.partition, term, write.key), type: 'index', key: write.key, rev: revision });
  const tombstone = (term: IndexTerm): IndexRecord => ({ ...entry(term), gone: true, ttl: nowSeconds + TOMBSTONE_SECONDS });
  const items = [...addedTerms(previous, terms).map(entry), ...termChanges(indexed, terms).removed.map(tombstone)];
  return items.map((item) => ({ key: item, item }));
}

export function addedTerms(previous: Version | undefined, terms: readonly IndexTerm[]): IndexTerm[] {
  return termChanges(previous?.value?.terms ?? [], terms).added;
}

export function termsOf({ value, indexes = [] }: Write): readonly IndexTerm[] {
  return value === null ? [] : indexes;
}

function versionOf({ write, value }: PreparedWrite, rev: Revision): Version {
  const { expiresAtSeconds } = write;
  if (!value) return { rev };
  const terms = termsOf(write);
  return { rev, value: { ...storedBody(value), ...(terms.length > 0 && { terms }), ...(expiresAtSeconds !== undefined && { expires: expiresAtSeconds }) } };
}

// What expires may be forgotten no sooner than a tombstone: a writer that has read it must still find its revision.
function lifeOf({ value, expiresAtSeconds }: Write, nowSeconds: number): { ttl?: number } {
  const forgotten = nowSeconds + TOMBSTONE_SECONDS;
  if (value === null) return { ttl: forgotten };
  return expiresAtSeconds === undefined ? {} : { ttl: Math.max(expiresAtSeconds, forgotten) };
}
