import { PortError } from './errors.ts';
import { MAX_ACTIONS, MAX_COMMIT_BYTES } from './table.ts';
import type { ClaimWrite, Commit, IndexTerm, Write } from './table.ts';

/** Refuses a key or a claim that occurs twice: no transaction can say which of the two is meant. */
export function refuseDoubles({ writes, claims = [] }: Commit): void {
  const seen = new Set<string>();
  for (const subject of [...writes.map(writeSubject), ...claims.map(claimSubject)]) {
    if (seen.has(subject)) throw new PortError('Invalid', `written twice in one commit: ${subject}`, { subject });
    seen.add(subject);
  }
}

/**
 * Counted the same for every adapter, so that what one takes all take. An action is an object, a log entry, an index entry that
 * appears or vanishes, a claim; bytes are those of keys, terms and values as they are given (an adapter that compresses gains room, not licence).
 */
export function refuseOversized({ writes, claims = [] }: Commit, changedTerms: number): void {
  const actions = 2 * writes.length + changedTerms + claims.length;
  if (actions > MAX_ACTIONS) throw new PortError('TooLarge', `${actions} actions in one commit; at most ${MAX_ACTIONS}`);
  const bytes = sum(writes.map(writeBytes)) + sum(claims.map((claim) => claim.key.length + (claim.value?.byteLength ?? 0)));
  if (bytes > MAX_COMMIT_BYTES) throw new PortError('TooLarge', `${bytes} bytes in one commit; at most ${MAX_COMMIT_BYTES}`);
}

/** Which index entries a write adds and which it removes; the terms that stay cost nothing. */
export function termChanges(before: readonly IndexTerm[], after: readonly IndexTerm[]): { added: IndexTerm[]; removed: IndexTerm[] } {
  const missingIn = (terms: readonly IndexTerm[]) => (one: IndexTerm) => !terms.some(({ index, term }) => index === one.index && term === one.term);
  return { added: after.filter(missingIn(before)), removed: before.filter(missingIn(after)) };
}

/** How `Conflict` names what stood in the way. */
export function writeSubject({ partition, key }: Pick<Write, 'partition' | 'key'>): string {
  return `${partition} ${key}`;
}

export function claimSubject({ key }: Pick<ClaimWrite, 'key'>): string {
  return `claim ${key}`;
}

function writeBytes({ key, value, indexes = [] }: Write): number {
  return key.length + (value?.byteLength ?? 0) + sum(indexes.map(({ index, term }) => index.length + term.length));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
