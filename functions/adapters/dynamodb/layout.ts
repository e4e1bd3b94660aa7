import type { IndexTerm, Partition, Revision } from '#ports/table';
import type { Format } from './formats.ts';

/**
 * The one table. Every item of a cluster begins with its UID; log and objects have partition keys of their own, so that the two
 * halves of a commit do not share one physical partition's write capacity.
 *
 *   pk                    sk                      what
 *   <partition>#counter   -                       the last revision given out, and marks of its age      counter.ts
 *   <partition>#object    <key>                   the object, or its tombstone                           ObjectRecord
 *   <partition>#log       <revision, 16 digits>   what was committed there, or a void                    EntryRecord, VoidRecord
 *   <partition>#log       resolved                the watermark; sorts behind all entries, so that a     watermark.ts
 *                                                 query that reaches the end of the log returns it too
 *   <partition>#index     <index>#<term>#<key>    the object is (or, as a tombstone, was) indexed so     IndexRecord
 *   <partition>#body      <revision>/<n>          a piece of a large value; never changes                bodies.ts
 *   <cluster>#claims      <claim>                 an unlogged record                                     claims.ts
 *   <cluster>#partitions  <partition>             the directory that purge walks                         purge.ts
 *
 * `ttl` is DynamoDB's: it deletes late and in no order. `expires` is what readers go by.
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A value in storage, encoded as its format says. */
export interface StoredValue {
  readonly format: Format;
  /** The encoded bytes, or, when they are too many for an item, the number of pieces under the `#body` of the same revision. */
  readonly body?: Uint8Array;
  readonly pieces?: number;
  readonly terms?: readonly IndexTerm[];
  readonly expires?: number;
}

/** One version of an object; without a value it is a tombstone. */
export interface Version {
  readonly rev: Revision;
  readonly value?: StoredValue;
}

export interface ObjectRecord extends Key, Version {
  readonly type: 'object';
  readonly ttl?: number;
}

export interface EntryRecord extends Key {
  readonly type: 'entry';
  readonly key: string;
  readonly value?: StoredValue;
  /** The live version that this one replaced. */
  readonly previous?: Version;
  /** Whose it is: after an unknown outcome the writer looks for its own. */
  readonly nonce: string;
  /** Seconds. An entry this old is an entry that every reader can see all of. */
  readonly at: number;
  readonly by?: string;
  readonly ttl: number;
}

/** A revision that nobody will ever commit. */
export interface VoidRecord extends Key {
  readonly type: 'void';
  readonly ttl: number;
}

export type LogRecord = EntryRecord | VoidRecord;

export interface IndexRecord extends Key {
  readonly type: 'index';
  readonly key: string;
  readonly rev: Revision;
  /** No longer indexed; kept as evidence of its revision, like an object's tombstone. */
  readonly gone?: true;
  readonly ttl?: number;
}

/** An empty partition stands here. */
export const FIRST_REVISION: Revision = 1;

export const DAY_SECONDS = 86_400;
/** Tombstones, and expired objects before they may be swept: by far longer than a writer holds on to a revision. */
export const TOMBSTONE_SECONDS = DAY_SECONDS;
/** Entries and voids. */
export const LOG_SECONDS = 2 * DAY_SECONDS;

export const counterKey = (partition: Partition): Key => ({ pk: `${partition}#counter`, sk: '-' });
export const objectKey = (partition: Partition, key: string): Key => ({ pk: `${partition}#object`, sk: key });
export const logKey = (partition: Partition, revision: Revision): Key => ({ pk: `${partition}#log`, sk: digits(revision) });
export const resolvedKey = (partition: Partition): Key => ({ pk: `${partition}#log`, sk: 'resolved' });
export const bodyKey = (partition: Partition, revision: Revision, piece: number): Key => ({ pk: `${partition}#body`, sk: `${digits(revision)}/${piece}` });
export const claimKey = (cluster: string, claim: string): Key => ({ pk: `${cluster}#claims`, sk: claim });
export const directoryKey = (partition: Partition): Key => ({ pk: `${clusterOf(partition)}#partitions`, sk: partition });

export function indexKey(partition: Partition, { index, term }: IndexTerm, key: string): Key {
  return { pk: `${partition}#index`, sk: `${index}#${encodeURIComponent(term)}#${key}` };
}

export function revisionOf({ sk }: Key): Revision {
  return Number(sk);
}

/** 16 digits hold every safe integer. */
function digits(revision: Revision): string {
  return String(revision).padStart(16, '0');
}

function clusterOf(partition: Partition): string {
  return partition.slice(0, partition.indexOf('/'));
}
