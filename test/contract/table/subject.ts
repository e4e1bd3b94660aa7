import { expect } from 'vitest';
import { PortError } from '#ports/errors';
import type { ErrorCode } from '#ports/errors';
import { partitionOf } from '#ports/table';
import type { ShiftedClock } from '#test/support/clock';
import type { Change, Commit, IndexTerm, Item, Partition, Revision, Table, Write } from '#ports/table';

/** What an adapter's test file gives to the contract. */
export interface TableSubject {
  table: Table;
  /** The clock that the adapter reads. */
  clock: ShiftedClock;
  /** All log entries of the partition fall out of what is kept, as time would do it; the head may rise. */
  expireLog(partition: Partition): Promise<void>;
  close(): Promise<void>;
}

let clusters = 0;

/** A cluster that no other test writes to, so that tests share a table. */
export function freshCluster(): string {
  return `contract-${process.pid}-${Date.now().toString(36)}-${clusters++}`;
}

/** The words in which the tests speak about one partition of one cluster. */
export interface Bench {
  cluster: string;
  partition: Partition;
  /** Commits one write over what is there now. */
  put(key: string, value: string, more?: Partial<Write>): Promise<Revision>;
  remove(key: string): Promise<Revision>;
  /** Creates all keys in order. */
  fill(keys: string[], indexes?: (key: string) => IndexTerm[]): Promise<void>;
  head(): Promise<Revision>;
  /** Every change after a revision, page by page. */
  tail(after: Revision, limit?: number): Promise<Change[]>;
  value(key: string): Promise<string | null>;
}

export function benchOf(table: Table, cluster = freshCluster(), resource = 'things'): Bench {
  const partition = partitionOf(cluster, 'example.org', resource);
  const write = async (key: string, value: string | null, more: Partial<Write> = {}): Promise<Revision> => {
    const expectation = (await table.read(partition, key))?.revision ?? 0;
    return only(await table.commit({ writes: [{ partition, key, expect: expectation, value: value === null ? null : bytes(value), ...more }] }));
  };
  return {
    cluster,
    partition,
    put: (key, value, more) => write(key, value, more),
    remove: (key) => write(key, null),
    async fill(keys, indexes = () => []) {
      for (const key of keys) await write(key, `value of ${key}`, { indexes: indexes(key) });
    },
    head: async () => (await table.snapshot(partition, { limit: 1 })).revision,
    async tail(after, limit = 100) {
      const all: Change[] = [];
      for (let from = after; ; ) {
        const { changes, revision } = await table.changes(partition, from, limit);
        all.push(...changes);
        if (changes.length < limit) return all;
        from = revision;
      }
    },
    value: async (key) => text((await table.read(partition, key))?.value ?? null),
  };
}

export function create(partition: Partition, key: string, value = `value of ${key}`): Write {
  return { partition, key, expect: 0, value: bytes(value) };
}

export function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function text(value: Uint8Array): string;
export function text(value: Uint8Array | null): string | null;
export function text(value: Uint8Array | null): string | null {
  return value && new TextDecoder().decode(value);
}

export function texts(items: readonly Item[]): Record<string, string> {
  return Object.fromEntries(items.map(({ key, value }) => [key, text(value)]));
}

export function keys(items: readonly { key: string }[]): string[] {
  return items.map(({ key }) => key);
}

export function only<T>(all: readonly T[]): T {
  const [first] = all;
  if (all.length !== 1 || first === undefined) throw new Error(`expected exactly one, not ${all.length}`);
  return first;
}

export async function refusal(attempt: Promise<unknown>): Promise<PortError> {
  const outcome = await attempt.then(
    () => 'it was accepted',
    (error: unknown) => error,
  );
  if (!(outcome instanceof PortError)) throw outcome instanceof Error ? outcome : new Error(String(outcome));
  return outcome;
}

export async function expectRefusal(attempt: Promise<unknown>, code: ErrorCode): Promise<void> {
  expect((await refusal(attempt)).code).toBe(code);
}

export function expectConflict(table: Table, commit: Commit): Promise<void> {
  return expectRefusal(table.commit(commit), 'Conflict');
}
