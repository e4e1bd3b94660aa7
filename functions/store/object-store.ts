import type { ApiResource } from '#api/resource';
import type { KubeObject } from '#api/object';
import type { ClaimWrite, IndexTerm, Revision } from '#ports/table';

/**
 * Object semantics of one cluster, over `ports/table`: what the API server and the controllers both write and read through, so that
 * the rules hold for both. Everything here is in the storage version of a resource; the server converts at its edge.
 *
 * Errors are `PortError`s: NotFound, AlreadyExists, Conflict, Expired, FutureRevision, Invalid (with fields), TooLarge, Throttled, Unavailable.
 */
export interface ObjectStore {
  readonly cluster: string;

  get(ref: ObjectRef): Promise<StoredObject>;

  /**
   * A page that is one moment of the resource. `at` and `after` come out of a continue token (the server makes and reads tokens).
   * Served from the warm cache after that has read the log's tail; `minRevision` lets it be older than now.
   */
  list(resource: ApiResource, query: ListQuery): Promise<ListPage>;

  /**
   * Changes after a revision, as the selector's view sees them: an object that stops matching is DELETED, one that begins to is ADDED.
   * Ends when the signal aborts; throws Expired when the history is gone. Bounded: it reads on only as fast as it is consumed.
   */
  watch(resource: ApiResource, query: WatchQuery): AsyncIterable<WatchBatch>;

  /**
   * Runs the kind's strategy (prepareForCreate), validation and, under `dryRun`, everything but the commit.
   * Sets name (generateName), uid, creationTimestamp, generation. The object given is not changed.
   */
  create(resource: ApiResource, object: KubeObject, options?: WriteOptions): Promise<StoredObject>;
  /** Many, in few commits; those of one commit are all made or none. Throws Conflict where one exists or has existed. */
  createAll(objects: readonly NewObject[]): Promise<void>;

  /**
   * Read, change, prepare, validate, commit; again from the read when somebody else was first, unless `change` returned an object whose
   * metadata.resourceVersion says otherwise (then Conflict). An unchanged object is not written. The last finalizer's removal from an object that
   * is being deleted deletes it. `change` may run several times and gets a copy of its own, and beside it what is stored, which nobody changes.
   */
  update(ref: ObjectRef, change: Change, options?: UpdateOptions): Promise<StoredObject>;

  /**
   * Kubernetes' deletion: preconditions, propagation policy as finalizers (orphan, foregroundDeletion), grace where the kind has it.
   * `deleted` is false while finalizers or grace keep the object.
   */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<{ object: StoredObject; deleted: boolean }>;

  /** The partition's head; asked by a list whose emptiness still has a revision. */
  revision(resource: ApiResource): Promise<Revision>;
  /** Burns a revision (the inconsistent continue token of an expired list). */
  bump(resource: ApiResource): Promise<Revision>;
}

export type Change = (current: KubeObject, stored: KubeObject) => KubeObject | Promise<KubeObject>;

export interface ObjectRef {
  resource: ApiResource;
  namespace?: string;
  name: string;
}

/** An object as stored, with its bytes serialised once for all readers. Nobody changes `object`: copy first. */
export interface StoredObject {
  readonly object: KubeObject; // has metadata.resourceVersion, apiVersion and kind of the storage version
  readonly revision: Revision;
  /** JSON in the storage version, with apiVersion and kind. */
  json(): Uint8Array;
}

/** What label and field selectors came to; parsed by `api/selectors`. */
export type Matches = (object: KubeObject) => boolean;

export interface ListQuery {
  namespace?: string;
  matches?: Matches;
  /** When the selector says so: read by this index instead of the whole partition. */
  index?: IndexTerm;
  limit?: number;
  after?: string;
  at?: Revision;
  /** Any state at least this new will do (resourceVersionMatch=NotOlderThan). Without it: the newest. */
  minRevision?: Revision;
}

export interface ListPage {
  items: StoredObject[];
  revision: Revision;
  /** The key to go on after, when there is more. */
  next?: string;
  /** Exact; undefined when a selector makes it unknown (as Kubernetes leaves remainingItemCount out then). */
  remaining?: number;
}

export interface WatchQuery {
  namespace?: string;
  matches?: Matches;
  after: Revision;
  signal: AbortSignal;
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  stored: StoredObject; // of a DELETED: the last state, at the deletion's revision
}

/** Events up to a revision; an empty batch only tells that the view is current up to there (bookmarks are made from it). */
export interface WatchBatch {
  events: WatchEvent[];
  revision: Revision;
}

export interface NewObject {
  resource: ApiResource;
  object: KubeObject;
}

export interface WriteOptions {
  /** Hears what the client is to be told beside success; more than once of an attempt that was repeated. */
  warn?: (warning: string) => void;
  dryRun?: boolean;
  /** Who writes, for the log (`loop` for controllers). */
  by?: string;
  /** More records for the same commit, made from the object that is about to be written; runs again when a claim of its own lost. */
  claims?(object: KubeObject, previous: KubeObject | undefined, attempt: number): Promise<ClaimWrite[]> | ClaimWrite[];
}

export interface UpdateOptions extends WriteOptions {
  subresource?: 'status' | 'scale' | 'binding' | 'finalize' | 'approval' | 'ephemeralcontainers' | 'resize';
  preconditions?: Preconditions;
}

export interface Preconditions {
  uid?: string;
  resourceVersion?: string;
}

export interface DeleteOptions extends WriteOptions {
  preconditions?: Preconditions;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
}
