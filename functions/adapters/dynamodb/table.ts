import type { Partition, ReadResult, Revision, Table } from '#ports/table';
import { readBodies } from './bodies.ts';
import { Calls, type CallOptions } from './calls.ts';
import { changes } from './changes.ts';
import { listClaims, readClaim } from './claims.ts';
import { commit } from './commit.ts';
import { reserve, seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { expired } from './expiry.ts';
import { objectKey, type ObjectRecord } from './layout.ts';
import { putVoid } from './log.ts';
import { createPatience } from './patience.ts';
import { purge } from './purge.ts';
import { restore } from './restore.ts';
import { settle } from './settle.ts';
import { snapshot } from './snapshot.ts';

export interface DynamoTable extends Table {
  /** Raises a partition's watermark to its head: the stream's function calls this, so that it does not lag where nobody reads. */
  settle(partition: Partition): Promise<void>;
  /** Makes a cluster whole in a table that point-in-time recovery has made; nobody else may write to it meanwhile. */
  restore(cluster: string): Promise<void>;
}

export interface DynamoTableOptions extends CallOptions {
  raiseEvery?: number;
}

const RAISE_EVERY = 32;

/**
 * `ports/table` on one DynamoDB table (see layout.ts). The protocol, in the order of its rules: counter.ts reserves (1), commit.ts and
 * transaction.ts commit (2), holes.ts waits and voids (3), settle.ts raises the watermark (4), snapshot.ts lays the log over the objects (5),
 * changes.ts tells the expired from the missing (6), fate.ts finds out unknown outcomes (7).
 */
export function createDynamoTable({ raiseEvery = RAISE_EVERY, ...options }: DynamoTableOptions): DynamoTable {
  const dynamo: Dynamo = { calls: new Calls(options), clock: options.clock, ids: options.ids, patience: createPatience(), raiseEvery };
  return {
    read: (partition, key) => read(dynamo, partition, key),
    commit: (request) => commit(dynamo, request),
    snapshot: (partition, query) => snapshot(dynamo, partition, query),
    changes: (partition, after, limit) => changes(dynamo, partition, after, limit),
    bump: (partition) => bump(dynamo, partition),
    readClaim: (cluster, key) => readClaim(dynamo, cluster, key),
    claims: (cluster, prefix) => listClaims(dynamo, cluster, prefix),
    purge: (cluster) => purge(dynamo, cluster),
    settle: (partition) => settle(dynamo, partition),
    restore: (cluster) => restore(dynamo, cluster),
  };
}

async function read(dynamo: Dynamo, partition: Partition, key: string): Promise<ReadResult | undefined> {
  for (;;) {
    const record = await dynamo.calls.get<ObjectRecord>(objectKey(partition, key));
    if (!record) return undefined;
    const { rev, value } = record;
    if (!value || expired(value, seconds(dynamo.clock.now()))) return { key, revision: rev, value: null };
    const bodies = await readBodies(dynamo, partition, [record]);
    if (bodies !== 'gone') return { key, revision: rev, value: bodies.get(rev) as Uint8Array };
  }
}

// A void of our own. Where a reader was quicker, or a conflict says that one is about to be, the revision is burnt all the same.
async function bump(dynamo: Dynamo, partition: Partition): Promise<Revision> {
  const revision = await reserve(dynamo, partition, 1);
  await putVoid(dynamo, partition, revision);
  return revision;
}
