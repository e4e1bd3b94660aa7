import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import type { IndexTerm, Revision } from '#ports/table';

/** What lies where in the one LMDB environment of a data folder. Records are tuples: msgpack writes no field names then. */
export interface Databases {
  root: RootDatabase;
  partitions: Database<PartitionRecord, string>;
  items: Database<ItemRecord, Buffer>;
  log: Database<LogRecord, Buffer>;
  /** `index\0term\0key` to nothing: the key is in the key. */
  index: Database<true, Buffer>;
  claims: Database<ClaimRecord, string>;
  /** What vanishes by time, by the second in which it may: see sweep.ts. */
  due: Database<DueRecord, Buffer>;
  /** Numbers that only rise: the next partition's, the last claim version. */
  counters: Database<number, string>;
}

/** `floor`: the log reaches back to here, and changes after it are whole. */
export type PartitionRecord = [id: number, head: Revision, floor: Revision];
export type ItemRecord = [revision: Revision, value: Uint8Array | null, terms: TermRecord[], expiresAtSeconds: number];
export type TermRecord = [index: string, term: string];
/** A value as it was: what a log entry leads to, and what it came from. null: there was none. */
export type LogRecord = [key: string, after: ItemRecord, before: ItemRecord | null, by: string | null];
export type ClaimRecord = [version: number, value: Uint8Array, expiresAtSeconds: number];
export type DueRecord = [kind: 'item' | 'log' | 'claim', revision: number];

export function openDatabases(folder: string): Databases {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Without overlappingSync a transaction becomes visible only when it is on disk: no reader sees what a power cut may take back.
  const root = open({ path: folder, noSubdir: false, overlappingSync: false, maxDbs: 8 });
  syncFolder(folder);
  const named = <V>(name: string): Database<V, Buffer> => root.openDB<V, Buffer>({ name, encoding: 'msgpack', keyEncoding: 'binary' });
  const texts = <V>(name: string): Database<V, string> => root.openDB<V, string>({ name, encoding: 'msgpack' });
  return {
    root,
    partitions: texts('partitions'),
    items: named('items'),
    log: named('log'),
    index: named('index'),
    claims: texts('claims'),
    due: named('due'),
    counters: texts('counters'),
  };
}

// LMDB flushes its file; that the file is in the folder is another thing that a power cut may take back.
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

export function toTermRecords(terms: readonly IndexTerm[]): TermRecord[] {
  return terms.map(({ index, term }) => [index, term]);
}

export function fromTermRecords(terms: readonly TermRecord[]): IndexTerm[] {
  return terms.map(([index, term]) => ({ index, term }));
}

/** The value that readers see: none where it was deleted or has expired. */
export function visible(record: ItemRecord | null | undefined, nowMs: number): Uint8Array | null {
  if (!record) return null;
  const [, value, , expiresAtSeconds] = record;
  return isExpired(expiresAtSeconds, nowMs) ? null : value;
}

/** 0 stands for never. */
export function isExpired(expiresAtSeconds: number, nowMs: number): boolean {
  return expiresAtSeconds !== 0 && expiresAtSeconds * 1000 <= nowMs;
}
