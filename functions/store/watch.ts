import type { LogEntry } from './log-entry.ts';
import { namespacePrefix } from './keys.ts';
import type { Matches, StoredObject, WatchBatch, WatchEvent, WatchQuery } from './object-store.ts';
import type { PartitionView } from './partition-view.ts';

/**
 * What happens after a revision, as the query's view sees it. The generator is asked for each batch, so that it reads no faster than its
 * consumer takes; the log itself is the buffer.
 */
export async function* watch({ tail }: PartitionView, query: WatchQuery): AsyncGenerator<WatchBatch> {
  const { signal } = query;
  const isSeen = viewOf(query);
  const next = tail.follow(signal);
  let { after } = query;
  await tail.refresh();
  // Says at once how far the view is current, also when nothing has happened.
  const known = tail.kept(after);
  if (known && known.revision === after) yield { events: [], revision: after };
  while (!signal.aborted) {
    const page = await next(after);
    if (!page) return;
    after = page.revision;
    yield { events: page.entries.flatMap((entry) => eventOf(entry, isSeen) ?? []), revision: after };
  }
}

type IsSeen = (key: string, stored: StoredObject | undefined) => boolean;

function viewOf({ namespace, matches }: { namespace?: string; matches?: Matches }): IsSeen {
  const prefix = namespacePrefix(namespace);
  return (key, stored) => stored !== undefined && key.startsWith(prefix) && (!matches || matches(stored.object));
}

function eventOf({ key, current, departed }: LogEntry, isSeen: IsSeen): WatchEvent | undefined {
  const before = isSeen(key, departed);
  if (current && isSeen(key, current)) return { type: before ? 'MODIFIED' : 'ADDED', stored: current };
  return before && departed ? { type: 'DELETED', stored: departed } : undefined;
}
