import { claimSubject, refuseDoubles, refuseOversized, termChanges, writeSubject } from '#ports/commit-bounds';
import { PortError } from '#ports/errors';
import type { ClaimWrite, Commit, IndexTerm, Revision, Write } from '#ports/table';
import { claimKey } from './claims.ts';
import { fromTermRecords, isExpired, toTermRecords, visible } from './databases.ts';
import type { Databases, ItemRecord } from './databases.ts';
import { MAX_KEY_BYTES, indexKey, itemKey, logKey } from './keys.ts';
import { raiseCounter } from './partitions.ts';
import type { PartitionState, PartitionStates } from './partitions.ts';
import { noteDue } from './sweep.ts';
import type { Retention } from './sweep.ts';

/** A write beside what it meets. */
interface Checked {
  write: Write;
  current: ItemRecord | undefined;
  added: IndexTerm[];
  removed: IndexTerm[];
}

export interface CommitContext {
  partitions: PartitionStates;
  nowMs: number;
  retention: Retention;
}

/** Runs inside a write transaction. All is checked before anything is written, so that a refusal leaves nothing behind. */
export function applyCommit(db: Databases, commit: Commit, { partitions, nowMs, retention }: CommitContext): Revision[] {
  refuseDoubles(commit);
  const checked = commit.writes.map((write) => checkWrite(db, partitions, write));
  for (const claim of commit.claims ?? []) checkClaim(db, claim, nowMs);
  refuseOversized(commit, sum(checked.map(({ added, removed }) => added.length + removed.length)));

  const revisions = checked.map((one) => applyWrite(db, partitions.touch(one.write.partition), one, { nowMs, retention, by: commit.by }));
  for (const claim of commit.claims ?? []) applyClaim(db, claim);
  return revisions;
}

function checkWrite(db: Databases, partitions: PartitionStates, write: Write): Checked {
  const { partition, key, expect, indexes = [] } = write;
  const id = partitions.find(partition)?.id;
  const current = id === undefined ? undefined : db.items.get(itemKey(id, key));
  if ((current?.[0] ?? 0) !== expect) throw new PortError('Conflict', 'the object has been written meanwhile', { subject: writeSubject(write) });
  const next = write.value === null ? [] : indexes;
  refuseLongKeys(key, next);
  return { write, current, ...termChanges(fromTermRecords(current?.[2] ?? []), next) };
}

function refuseLongKeys(key: string, terms: IndexTerm[]): void {
  const longest = Math.max(itemKey(0, key).byteLength, ...terms.map(({ index, term }) => indexKey(0, index, term, key).byteLength));
  if (longest > MAX_KEY_BYTES - 4) throw new PortError('TooLarge', `a key of ${longest} bytes; at most ${MAX_KEY_BYTES - 4}`);
}

function checkClaim(db: Databases, claim: ClaimWrite, nowMs: number): void {
  if (claim.expect === undefined) return;
  const record = db.claims.get(claimKey(claim.cluster, claim.key));
  const version = record && !isExpired(record[2], nowMs) ? String(record[0]) : null;
  if (version !== claim.expect) throw new PortError('Conflict', 'the claim has been written meanwhile', { subject: claimSubject(claim) });
}

function applyWrite(
  db: Databases,
  state: PartitionState,
  { write, current, added, removed }: Checked,
  { nowMs, retention, by }: { nowMs: number; retention: Retention; by: string | undefined },
): Revision {
  const { key, value } = write;
  const revision = ++state.head;
  const expiresAtSeconds = value === null ? 0 : (write.expiresAtSeconds ?? 0);
  const next: ItemRecord = [revision, value, value === null ? [] : toTermRecords(write.indexes ?? []), expiresAtSeconds];
  const before = current && visible(current, nowMs) !== null ? current : null;

  const at = { item: itemKey(state.id, key), log: logKey(state.id, revision, Math.floor(nowMs / 1000)) };
  void db.items.put(at.item, next);
  void db.log.put(at.log, [key, next, before, by ?? null]);
  for (const { index, term } of removed) void db.index.remove(indexKey(state.id, index, term, key));
  for (const { index, term } of added) void db.index.put(indexKey(state.id, index, term, key), true);

  if (value === null) noteDue(db, Math.ceil((nowMs + retention.tombstoneMs) / 1000), at.item, ['item', revision]);
  if (expiresAtSeconds !== 0) {
    noteDue(db, expiresAtSeconds, at.item, ['item', revision]);
    noteDue(db, expiresAtSeconds, at.log, ['log', revision]);
  }
  return revision;
}

function applyClaim(db: Databases, { cluster, key, value, expiresAtSeconds = 0 }: ClaimWrite): void {
  const at = claimKey(cluster, key);
  if (value === null) {
    void db.claims.remove(at);
    return;
  }
  const version = raiseCounter(db, 'claim version');
  void db.claims.put(at, [version, value, expiresAtSeconds]);
  if (expiresAtSeconds !== 0) noteDue(db, expiresAtSeconds, Buffer.from(at), ['claim', version]);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
