import type { Partition } from '#ports/table';
import type { Dynamo } from './dynamo.ts';
import { bodyKey, claimKey, counterKey, directoryKey, indexKey, logKey, objectKey, type Key } from './layout.ts';

// One call deletes no more pages than this.
const PAGES = 4;
const PAGE_ITEMS = 250;

/** Bounded steps: to be called until it says true. The counter goes last, the directory's entry with it. */
export async function purge(dynamo: Dynamo, cluster: string): Promise<boolean> {
  const directory = directoryKey(`${cluster}/`).pk;
  let pages = 0;
  for await (const partitions of dynamo.calls.query<Key>(directory, { limit: PAGE_ITEMS })) {
    for (const { sk: partition } of partitions) {
      for (const pk of collectionsOf(partition)) pages += await empty(dynamo, pk, PAGES - pages);
      if (pages >= PAGES) return false;
      await dynamo.calls.removeAll([counterKey(partition), directoryKey(partition)]);
    }
  }
  pages += await empty(dynamo, claimKey(cluster, '').pk, PAGES - pages);
  return pages < PAGES;
}

function collectionsOf(partition: Partition): string[] {
  const none = { index: '', term: '' };
  return [objectKey(partition, ''), indexKey(partition, none, ''), bodyKey(partition, 0, 0), logKey(partition, 0)].map(({ pk }) => pk);
}

/** How many pages it took away. */
async function empty({ calls }: Dynamo, pk: string, maxPages: number): Promise<number> {
  let pages = 0;
  if (maxPages <= 0) return 0;
  for await (const items of calls.query<Key>(pk, { limit: PAGE_ITEMS })) {
    if (items.length === 0) continue;
    await calls.removeAll(items);
    if (++pages >= maxPages) break;
  }
  return pages;
}
