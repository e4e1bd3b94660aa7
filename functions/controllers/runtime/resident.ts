import type { Loop } from './loop.ts';
import { createUnreadLogs } from './unread-logs.ts';
import type { Clock } from '#ports/clock';
import type { Doorbell } from '#ports/doorbell';
import type { Partition } from '#ports/table';

const BURST_MS = 20_000;
const RETRY_MS = 1_000;

/**
 * Runs one cluster's loop inside a process: it is the doorbell of that process. Rings during a burst reach the burst; a ring that comes when
 * it is quiet starts one. There is at most one timer, for the earliest due time.
 */
export interface Resident extends Doorbell {
  /** The loop needs the doorbell and the doorbell the loop: made first, attached then. */
  attach(loop: Loop): void;
  /** After the burst that is running. */
  stop(): Promise<void>;
}

export function createResident({ clock, onError }: { clock: Clock; onError(error: unknown): void }): Resident {
  let loop: Loop | undefined;
  let work = Promise.resolve();
  let isWorking = false;
  /** What was rung for and reached no burst. */
  const unread = createUnreadLogs('all');
  let isStopped = false;
  let alarm: { dueMs: number; abort: AbortController } | undefined;

  const start = (partition?: Partition): void => {
    if (loop?.poke(partition) === true) return;
    unread.add(partition);
    if (isWorking || loop === undefined || isStopped) return;
    isWorking = true;
    work = runWhileRung(loop);
  };
  const runWhileRung = async (attached: Loop): Promise<void> => {
    while (!unread.isEmpty && !isStopped) {
      try {
        await attached.run({ untilMs: clock.now() + BURST_MS, logs: unread.take() });
      } catch (error) {
        onError(error);
        setAlarm(RETRY_MS);
      }
    }
    isWorking = false;
  };
  const setAlarm = (delayMs: number): void => {
    const dueMs = clock.now() + delayMs;
    if (isStopped || (alarm !== undefined && alarm.dueMs <= dueMs)) return;
    alarm?.abort.abort();
    const mine = { dueMs, abort: new AbortController() };
    alarm = mine;
    void clock.sleep(delayMs, mine.abort.signal).then(() => {
      if (alarm !== mine) return;
      alarm = undefined;
      start();
    });
  };

  return {
    attach(attached) {
      loop = attached;
      start();
    },
    async ring(_cluster, at) {
      start(at?.partition);
    },
    async ringLater(_cluster, delayMs) {
      setAlarm(delayMs);
    },
    async stop() {
      isStopped = true;
      alarm?.abort.abort();
      alarm = undefined;
      await work;
    },
  };
}
