import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { Clock } from '#ports/clock';
import type { Ids } from '#ports/ids';
import { claimSubject } from '#ports/commit-bounds';
import { PortError, hasCode } from '#ports/errors';
import type { Commit, Partition, Revision, Table, Write } from '#ports/table';
import { indexTermsOf } from './index-terms.ts';
import { keyOf } from './keys.ts';
import type { StoredObject, WriteOptions } from './object-store.ts';
import { lifetimeSeconds } from './short-lived.ts';
import { MAX_OBJECT_BYTES, encodeStored, storedObject } from './stored-form.ts';

export interface WriteDeps {
  table: Table;
  clock: Clock;
  ids: Ids;
}

/** One attempt at a write, decided on what was read at `expect`. */
export interface Attempt {
  resource: ApiResource;
  partition: Partition;
  /** What is to be stored; for a removal, what is to be shown as the last state. */
  object: KubeObject;
  previous: KubeObject | undefined;
  expect: Revision;
  removes?: boolean;
  options: WriteOptions;
  /** How often a claim of this write has been lost. */
  claimAttempt: number;
}

/** With how many others a write may collide before it gives up; each collision is another's success. */
const MAX_ATTEMPTS = 32;

export async function writeObject(deps: WriteDeps, attempt: Attempt): Promise<StoredObject> {
  const { resource, partition, object, expect, removes = false, options } = attempt;
  // May still change the object (an address that was found free), hence before it is encoded.
  const claims = (await options.claims?.(object, attempt.previous, attempt.claimAttempt)) ?? [];
  const bytes = encodeStored(object);
  if (bytes.byteLength > MAX_OBJECT_BYTES) throw new PortError('TooLarge', `an object of ${bytes.byteLength} bytes; at most ${MAX_OBJECT_BYTES}`);
  if (options.dryRun) return storedObject(resource, bytes, attempt.previous ? expect : 0);
  const seconds = lifetimeSeconds(resource);
  const write: Write = {
    partition,
    key: keyOf(resource, object.metadata),
    expect,
    value: removes ? null : bytes,
    indexes: removes ? [] : indexTermsOf(resource, object),
    ...(seconds !== undefined && !removes && { expiresAtSeconds: Math.ceil(deps.clock.now() / 1000) + seconds }),
  };
  const revision = await commit(deps.table, { writes: [write], claims, ...(options.by !== undefined && { by: options.by }) });
  return storedObject(resource, bytes, revision);
}

async function commit(table: Table, what: Commit): Promise<Revision> {
  try {
    const [revision = 0] = await table.commit(what);
    return revision;
  } catch (error) {
    throw hasCode(error, 'Conflict') ? new Lost(error) : error;
  }
}

/** Somebody else was first: decide again on what is there now. */
class Lost extends Error {
  readonly conflict: PortError;

  constructor(conflict: PortError) {
    super(conflict.message);
    this.conflict = conflict;
  }
}

/**
 * Again from the read, when the commit came too late. `run` gets to know how often a claim was lost, so that it can choose another.
 * A Conflict that is thrown before the commit (a precondition) is an answer, and stands.
 */
export async function retrying<T>(run: (claimAttempt: number) => Promise<T>): Promise<T> {
  let claimAttempt = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await run(claimAttempt);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      if (attempt === MAX_ATTEMPTS) throw error.conflict;
      if (error.conflict.detail.subject?.startsWith(claimSubject({ key: '' }))) claimAttempt++;
    }
  }
}
