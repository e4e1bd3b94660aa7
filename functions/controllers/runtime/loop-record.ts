import { MAX_ENTRIES } from './due-times.ts';
import type { Due } from './due-times.ts';
import { fromJsonBytes, toJsonBytes } from '#api/codec/json-bytes';
import { hasCode } from '#ports/errors';
import type { Revision, Table } from '#ports/table';

const KEY = 'cursor/loop';

/** What the loop knows from burst to burst: how far it has read each log, and when to look at a key again. One claim a cluster. */
export interface LoopRecord {
  /** By resource and group; one that is missing has never been written. undefined: all are read in full first. */
  cursors?: Record<string, Revision> | undefined;
  /** Where objects with owners have been seen; undefined in records that are elder than this. */
  owned?: string[];
  due: [string, Due][];
  sweptAtMs: number;
}

export interface LoadedRecord extends LoopRecord {
  version: string | null;
}

export async function loadRecord(table: Table, cluster: string): Promise<LoadedRecord> {
  const claim = await table.readClaim(cluster, KEY);
  if (claim === undefined) return { owned: [], due: [], sweptAtMs: 0, version: null };
  return { ...fromJsonBytes<LoopRecord>(claim.value), version: claim.version };
}

/** Another burst may have saved since: then its record stands, and what this one did is found done. */
export async function saveRecord(table: Table, cluster: string, record: LoadedRecord): Promise<LoadedRecord> {
  const bounded = withinBounds(record);
  const { version: _, ...kept } = bounded;
  const value = toJsonBytes(kept);
  try {
    await table.commit({ writes: [], claims: [{ cluster, key: KEY, expect: record.version, value }] });
  } catch (error) {
    if (hasCode(error, 'Conflict')) return record;
    throw error;
  }
  const saved = await table.readClaim(cluster, KEY);
  return { ...bounded, version: saved?.version ?? null };
}

// Too many keys to remember one by one: forget the cursors instead, so that the next burst looks at everything.
function withinBounds(record: LoadedRecord): LoadedRecord {
  if (record.due.length <= MAX_ENTRIES) return record;
  const dueMs = Math.min(...record.due.map(([, { dueMs: ms }]) => ms));
  return { ...record, cursors: undefined, due: [['', { attempts: 0, dueMs }]] };
}
