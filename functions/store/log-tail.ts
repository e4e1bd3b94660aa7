import type { ApiResource } from '#api/resource';
import type { Clock } from '#ports/clock';
import { hasCode } from '#ports/errors';
import type { Partition, Revision, Table } from '#ports/table';
import type { Wakeup } from '#ports/wakeup';
import { toLogEntry } from './log-entry.ts';
import type { LogEntry } from './log-entry.ts';

/**
 * The newest part of one partition's log, read once for all its readers: the warm cache and every watcher. A reader that is further
 * behind reads the table for itself until it has caught up; so a slow watcher costs no memory.
 */
export interface LogTail {
  /** Everything that was committed before this call has been read when it resolves. Only after `startAt`. */
  refresh(): Promise<void>;
  /** From here on the tail is kept; where it is kept already, nothing happens. */
  startAt(revision: Revision): void;
  /** The last revision that has been read; undefined until the tail has begun. */
  head(): Revision | undefined;
  /** One reader, until its signal aborts. */
  follow(signal: AbortSignal): LogReader;
  /** What is kept after a revision; undefined when that reaches further back than the tail. */
  kept(after: Revision): LogPage | undefined;
}

/** What comes after a revision, waiting for it: undefined when the reader's signal has aborted. Throws Expired when it is gone. */
export type LogReader = (after: Revision) => Promise<LogPage | undefined>;

export interface LogPage {
  entries: LogEntry[];
  /** Everything up to here has been given. */
  revision: Revision;
}

export interface LogTailOptions {
  resource: ApiResource;
  table: Table;
  partition: Partition;
  wakeup: Wakeup;
  clock: Clock;
  /** Told of each entry once, in order. */
  onEntry(entry: LogEntry): void;
  /** The log was lost behind the tail: what was built from it is worth nothing. */
  onLost(): void;
}

const PAGE = 500;
const MAX_KEPT_ENTRIES = 1000;
const MAX_KEPT_BYTES = 8 * 1024 * 1024;
/** A wake-up is a hint that may be lost; a look this often makes up for it. */
const WAIT_MS = 30_000;
const RETRY_MS = 500;

export function createLogTail(options: LogTailOptions): LogTail {
  const { resource, table, partition, wakeup, onEntry, onLost } = options;
  let window: Window | undefined;
  const refresh = inTurns(readTail);
  const pump = createPump({ ...options, refresh, head: () => window?.head });

  async function readTail(): Promise<void> {
    for (;;) {
      const reading = window;
      if (!reading) return;
      const page = await readPage(reading.head).catch((error: unknown) => lose(error));
      if (window !== reading) continue;
      for (const entry of page.entries) onEntry(entry);
      extend(reading, page);
      if (page.entries.length < PAGE) return;
    }
  }

  function lose(error: unknown): never {
    if (hasCode(error, 'Expired')) {
      window = undefined;
      onLost();
    }
    throw error;
  }

  async function readPage(after: Revision): Promise<LogPage> {
    const { changes, revision } = await table.changes(partition, after, PAGE);
    return { entries: changes.map((change) => toLogEntry(resource, change)), revision };
  }

  function kept(after: Revision): LogPage | undefined {
    if (!window || after < window.floor) return undefined;
    return { entries: entriesAfter(window.entries, after), revision: Math.max(after, window.head) };
  }

  // Nobody has listed here yet, so the head is not known and `after` may lie beyond it: what moves shows where the log is.
  async function begin(after: Revision, signal: AbortSignal): Promise<LogPage | undefined> {
    const page = await readPage(after);
    if (page.revision > after) {
      if (page.entries.length < PAGE) startAt(page.revision);
      return page;
    }
    await wakeup.wait(partition, after, { timeoutMs: WAIT_MS, signal });
    return undefined;
  }

  function startAt(revision: Revision): void {
    window ??= { floor: revision, head: revision, entries: [], bytes: 0 };
  }

  return {
    refresh,
    startAt,
    kept,
    head: () => window?.head,
    follow(signal) {
      const moved = pump.seat(signal);
      return async (after) => {
        while (!signal.aborted) {
          const page = window ? (kept(after) ?? (await readPage(after))) : await begin(after, signal);
          if (page && page.revision > after) return page;
          if (page) await moved(after);
        }
        return undefined;
      };
    },
  };
}

interface Window {
  /** The entries are whole after this revision. */
  floor: Revision;
  head: Revision;
  entries: LogEntry[];
  bytes: number;
}

function extend(window: Window, { entries, revision }: LogPage): void {
  for (const entry of entries) {
    window.entries.push(entry);
    window.bytes += entry.bytes;
  }
  window.head = revision;
  let dropped = 0;
  while (window.entries.length - dropped > MAX_KEPT_ENTRIES || window.bytes > MAX_KEPT_BYTES) {
    const oldest = window.entries[dropped++];
    if (!oldest) break;
    window.bytes -= oldest.bytes;
    window.floor = oldest.revision;
  }
  if (dropped > 0) window.entries.splice(0, dropped);
}

function entriesAfter(entries: LogEntry[], after: Revision): LogEntry[] {
  // Watchers are nearly always at the end: look from there.
  let from = entries.length;
  while (from > 0 && (entries[from - 1]?.revision ?? 0) > after) from--;
  return entries.slice(from);
}

/** One run at a time; a call during a run gets the next one, because the present one may have looked already. */
function inTurns(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  const start = (): Promise<void> => {
    const mine = run().finally(() => {
      if (running === mine) running = undefined;
    });
    running = mine;
    return mine;
  };
  const startNext = (): Promise<void> => {
    queued = undefined;
    return start();
  };
  return () => (running ? (queued ??= running.then(startNext, startNext)) : start());
}

interface Pump {
  /** For one reader, who waits many times: resolves when the head has passed `after`, or when the signal aborts. */
  seat(signal: AbortSignal): (after: Revision) => Promise<void>;
}

interface PumpOptions extends Pick<LogTailOptions, 'partition' | 'wakeup' | 'clock'> {
  refresh(): Promise<void>;
  head(): Revision | undefined;
}

/** Reads on while anybody waits: one reader, however many watchers there are. */
function createPump({ partition, wakeup, clock, refresh, head }: PumpOptions): Pump {
  interface Waiter {
    after: Revision;
    wake: () => void;
    fail: (error: unknown) => void;
  }
  const waiters = new Set<Waiter>();
  let idle = new AbortController();
  let pumping = false;

  async function run(): Promise<void> {
    pumping = true;
    while (waiters.size > 0) {
      await look();
      const at = head();
      for (const waiter of [...waiters]) if (at === undefined || at > waiter.after) waiter.wake();
      if (waiters.size > 0 && at !== undefined) await wakeup.wait(partition, at, { timeoutMs: WAIT_MS, signal: idle.signal });
    }
    pumping = false;
  }

  async function look(): Promise<void> {
    try {
      await refresh();
    } catch (error) {
      if (hasCode(error, 'Throttled') || hasCode(error, 'Unavailable')) return clock.sleep(RETRY_MS, idle.signal);
      if (!hasCode(error, 'Expired')) for (const waiter of [...waiters]) waiter.fail(error);
    }
  }

  function leave(waiter: Waiter): void {
    waiters.delete(waiter);
    if (waiters.size > 0) return;
    idle.abort();
    idle = new AbortController();
  }

  return {
    seat(signal) {
      let waiting: Waiter | undefined;
      // One listener for all the waits of a watch: to come and go costs more than an event does.
      signal.addEventListener('abort', () => waiting?.wake(), { once: true });
      return (after) =>
        new Promise((resolve, reject) => {
          const waiter: Waiter = {
            after,
            wake: () => {
              leave(waiter);
              resolve();
            },
            fail: (error) => {
              leave(waiter);
              reject(error instanceof Error ? error : new Error('the log cannot be read', { cause: error }));
            },
          };
          waiting = waiter;
          waiters.add(waiter);
          if (signal.aborted) waiter.wake();
          else if (!pumping) void run();
        });
    },
  };
}
