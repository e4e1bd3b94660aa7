import type { Databases, DueRecord } from './databases.ts';
import { dueKey, dueOf, indexKey, logKeyParts, nameOf, partitionNumberOf, partitionRange } from './keys.ts';
import type { PartitionState } from './partitions.ts';

/** How long what is no longer current is kept. */
export interface Retention {
  /** At least as long as the slowest watcher stays away. */
  logMs: number;
  /** Per partition; the bound on disk that time alone is not. */
  logRevisions: number;
  /** Longer than any writer may sit on what it has read. */
  tombstoneMs: number;
}

export const DEFAULT_RETENTION: Retention = { logMs: 48 * 3_600_000, logRevisions: 200_000, tombstoneMs: 24 * 3_600_000 };

// More than was added, so that a backlog melts; few enough that no commit waits for it.
const STEPS = 256;

export function noteDue(db: Databases, dueSeconds: number, of: Buffer, record: DueRecord): void {
  void db.due.put(dueKey(dueSeconds, of), record);
}

/** Takes the oldest entries off the log, at the end of the transaction that made it longer by `added`. */
export function trimLog(db: Databases, state: PartitionState, { added, nowMs, retention: { logMs, logRevisions } }: { added: number; nowMs: number; retention: Retention }): void {
  const old: Buffer[] = [];
  for (const key of db.log.getKeys({ ...partitionRange(state.id), limit: STEPS + added })) {
    const { revision, atSeconds } = logKeyParts(key);
    if (revision > state.head - logRevisions && atSeconds * 1000 > nowMs - logMs) break;
    old.push(Buffer.from(key));
    state.floor = revision;
  }
  for (const key of old) void db.log.remove(key);
}

/** Removes what is due, at the end of a write transaction; readers have stopped seeing it by themselves. */
export function sweepDue(db: Databases, nowMs: number): void {
  const due: { key: Buffer; record: DueRecord }[] = [];
  for (const { key, value } of db.due.getRange({ limit: STEPS })) {
    if (dueOf(key).dueSeconds * 1000 > nowMs) break;
    due.push({ key: Buffer.from(key), record: value });
  }
  for (const { key, record } of due) {
    removeDue(db, dueOf(key).of, record);
    void db.due.remove(key);
  }
}

// Only what is still the same: since it was noted the key may have been written again.
function removeDue(db: Databases, of: Buffer, [kind, revision]: DueRecord): void {
  if (kind === 'log') void db.log.remove(of);
  else if (kind === 'item') removeItem(db, of, revision);
  else if (db.claims.get(of.toString())?.[0] === revision) void db.claims.remove(of.toString());
}

function removeItem(db: Databases, of: Buffer, revision: number): void {
  const item = db.items.get(of);
  if (item?.[0] !== revision) return;
  for (const [index, term] of item[2]) void db.index.remove(indexKey(partitionNumberOf(of), index, term, nameOf(of)));
  void db.items.remove(of);
}
