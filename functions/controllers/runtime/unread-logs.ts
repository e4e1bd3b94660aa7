import type { Partition } from '#ports/table';

/** The logs to read, by their partitions. */
export type Logs = ReadonlySet<Partition> | 'all';

/** What was rung for and nobody has read yet. */
export interface UnreadLogs {
  /** Without a partition, any log may have grown. */
  add(partition?: Partition): void;
  readonly isEmpty: boolean;
  /** Empty afterwards. */
  take(): Logs;
}

export function createUnreadLogs(logs: Logs): UnreadLogs {
  let partitions = new Set(logs === 'all' ? [] : logs);
  let isAll = logs === 'all';
  return {
    add(partition) {
      if (partition === undefined) isAll = true;
      else partitions.add(partition);
    },
    get isEmpty() {
      return !isAll && partitions.size === 0;
    },
    take() {
      const taken = isAll ? 'all' : partitions;
      partitions = new Set();
      isAll = false;
      return taken;
    },
  };
}
