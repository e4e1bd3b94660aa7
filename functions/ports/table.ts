/**
 * The low port of storage: a log-structured table. Object rules (metadata, finalizers, selectors, watches) are written once
 * above it, in `store/`; an adapter below it translates and nothing more.
 *
 * What every adapter promises, and the contract suite checks:
 * - A *partition* is one stored resource of one cluster. Its revisions rise and never fall; an empty one stands at 1, its
 *   first write gets 2 or more, so that "0" can mean "any" to a watcher. Revisions may have holes, never reuse.
 * - `commit` is all or nothing, over any partitions of one cluster, and durable before it resolves.
 * - A reader never passes over a revision that may still appear: who has seen revision r has seen all of the partition up to r.
 */
export type Revision = number;

/** `<cluster UID>/<resource>.<group>`, for example `9f…/deployments.apps`, `9f…/pods.`; see `partitionOf`. */
export type Partition = string;

/** The port counts these itself, so that every adapter refuses alike (DynamoDB: TransactWriteItems takes 100 actions, 4 MB). */
export const MAX_ACTIONS = 100;
export const MAX_COMMIT_BYTES = 4 * 1024 * 1024;

export interface IndexTerm {
  /** Declared per resource, for example `node` or `owner`. */
  index: string;
  term: string;
}

export interface Write {
  partition: Partition;
  key: string;
  /** The revision that `read` gave: of the live item, of its tombstone, or 0 where there was neither. */
  expect: Revision;
  /** null deletes, and leaves a tombstone. */
  value: Uint8Array | null;
  /** All terms of the new value; the adapter drops those of the previous value that are not named again. */
  indexes?: IndexTerm[];
  /** The item and its log entries vanish silently some time after this (Events); readers no longer see them from then on. */
  expiresAtSeconds?: number;
}

/** An unlogged conditional record: an IP, a node port, a node's capacity or heartbeat, a token's hash. */
export interface ClaimWrite {
  cluster: string;
  key: string;
  /** The version that was read; null: must not exist; undefined: whatever is there (one unconditional write: heartbeats). */
  expect?: string | null;
  value: Uint8Array | null;
  expiresAtSeconds?: number;
}

export interface Claim {
  key: string;
  /** Changes with each write and is never used again, also over deletion. */
  version: string;
  value: Uint8Array;
}

export interface Item {
  key: string;
  revision: Revision;
  value: Uint8Array;
}

/** What `read` finds: a live item, or the tombstone of a deleted one. */
export interface ReadResult {
  key: string;
  revision: Revision;
  value: Uint8Array | null;
}

export interface SnapshotQuery {
  /** Keys that begin with this; '' is the whole partition. */
  prefix?: string;
  index?: IndexTerm;
  /** Only keys behind this one, for the next page. */
  after?: string;
  limit?: number;
  /** The past revision at which to look; without it, now. */
  at?: Revision;
}

export interface Snapshot {
  /** In ascending order of their keys' UTF-8 bytes. */
  items: Item[];
  /** The whole answer is exactly the partition's state at this revision. */
  revision: Revision;
  /** How many more match behind the last item; exact. */
  remaining: number;
}

export interface Change {
  revision: Revision;
  key: string;
  /** null: deleted. */
  value: Uint8Array | null;
  /** What it replaced; null: created. */
  previous: Uint8Array | null;
  /** The revision that `previous` had; 0: created. With it a past state is the present undone, resource versions included. */
  previousRevision: Revision;
  /** Who wrote it, where the writer said so: the stream's filter passes over what the loop itself wrote. */
  by?: string;
}

export interface Changes {
  /** Ascending, without gap; voids are passed over. */
  changes: Change[];
  /** All up to here has been given: ask for what is after this next. Equal to `after` when there is nothing new. */
  revision: Revision;
}

export interface Commit {
  writes: Write[];
  claims?: ClaimWrite[];
  /** Goes into the log entries. */
  by?: string;
}

export interface Table {
  /**
   * Strong. undefined: never existed, or its tombstone is gone. What has expired reads as a tombstone or not at all; either way the
   * revision that was read (0 for undefined) is what the next write is to expect.
   */
  read(partition: Partition, key: string): Promise<ReadResult | undefined>;

  /**
   * Gives the revisions in the order of `writes`, which within a partition is ascending. No key and no claim occurs twice (`Invalid`).
   * Throws `Conflict` (detail.subject says which) when any expectation fails, `TooLarge` over the bounds above,
   * `Throttled` or `Unavailable` only when it is certain that nothing was written.
   */
  commit(commit: Commit): Promise<Revision[]>;

  /** Throws `Expired` when `at` can no longer be reconstructed, `FutureRevision` when the partition has not reached it. */
  snapshot(partition: Partition, query: SnapshotQuery): Promise<Snapshot>;

  /**
   * Fewer than `limit` changes: the head, as it was when this was called or later, has been reached. `after` at the head or beyond never
   * expires and finds nothing new. Throws `Expired` when the log no longer reaches back to `after`.
   */
  changes(partition: Partition, after: Revision, limit: number): Promise<Changes>;

  /** Burns one revision, so that a later list differs from an earlier one. Gives the burnt revision. */
  bump(partition: Partition): Promise<Revision>;

  /** Strong. */
  readClaim(cluster: string, key: string): Promise<Claim | undefined>;
  /** Ascending by key; for the few places that look at a whole family, such as all heartbeats. */
  claims(cluster: string, prefix: string): Promise<Claim[]>;

  /** Removes what belongs to a cluster that is gone, in bounded steps; true: nothing is left. */
  purge(cluster: string): Promise<boolean>;
}

export function partitionOf(clusterUid: string, group: string, resource: string): Partition {
  return `${clusterUid}/${resource}.${group}`;
}
