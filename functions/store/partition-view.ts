import type { ApiResource } from '#api/resource';
import { hasCode } from '#ports/errors';
import type { Partition, Revision, Table } from '#ports/table';
import { createLogTail } from './log-tail.ts';
import type { LogTail, LogTailOptions } from './log-tail.ts';
import type { LogEntry } from './log-entry.ts';
import type { SortedItems } from './sorted-items.ts';
import { createSortedItems } from './sorted-items.ts';
import { storedObject } from './stored-form.ts';

/** What one store keeps of one resource: everything that lives (once somebody has listed it) and the newest part of its log. */
export interface PartitionView {
  readonly partition: Partition;
  readonly tail: LogTail;
  /** All of it, at least as new as this call. */
  present(): Promise<WarmItems>;
  /** Without asking the table; undefined where nobody has listed yet. */
  warm(): WarmItems | undefined;
}

export interface WarmItems {
  readonly items: SortedItems;
  /** The items are exactly the partition's state at this revision. It moves on with them: read both in one turn. */
  readonly revision: Revision;
}

// Once would do, unless the log expires between loading and reading on.
const LOAD_ATTEMPTS = 3;

export function openPartitionView(options: Omit<LogTailOptions, 'onEntry' | 'onLost'>): PartitionView {
  const { resource, table, partition } = options;
  let warm: { items: SortedItems; revision: Revision } | undefined;
  let loading: Promise<void> | undefined;

  const tail: LogTail = createLogTail({
    ...options,
    onEntry(entry) {
      if (warm) apply(warm, entry);
    },
    onLost() {
      warm = undefined;
    },
  });

  async function load(): Promise<void> {
    const { items, revision } = await loadItems(table, partition, resource);
    const missed = tail.kept(revision);
    // The tail has gone on meanwhile, and no longer reaches back to where the items stand: they are too old to be used.
    if (!missed && tail.head() !== undefined) return;
    warm = { items, revision };
    tail.startAt(revision);
    for (const entry of missed?.entries ?? []) apply(warm, entry);
  }

  async function present(): Promise<WarmItems> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (!warm) await (loading ??= load().finally(() => (loading = undefined)));
        await tail.refresh();
        if (warm) return settled(warm);
      } catch (error) {
        if (!hasCode(error, 'Expired')) throw error;
      }
      if (attempt === LOAD_ATTEMPTS) throw new Error(`the log of ${partition} expires faster than it can be read`);
    }
  }

  // Burnt revisions move the head without an entry.
  function settled(state: { items: SortedItems; revision: Revision }): WarmItems {
    state.revision = Math.max(state.revision, tail.head() ?? 0);
    return state;
  }

  return { partition, tail, present, warm: () => warm && settled(warm) };
}

async function loadItems(table: Table, partition: Partition, resource: ApiResource): Promise<{ items: SortedItems; revision: Revision }> {
  const snapshot = await table.snapshot(partition, {});
  return { items: createSortedItems(snapshot.items.map((item) => [item.key, storedObject(resource, item.value, item.revision)])), revision: snapshot.revision };
}

function apply(state: { items: SortedItems; revision: Revision }, { key, revision, current }: LogEntry): void {
  if (revision <= state.revision) return;
  if (current) state.items.set(key, current);
  else state.items.remove(key);
  state.revision = revision;
}
