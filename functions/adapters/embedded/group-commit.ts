import type { RootDatabase } from 'lmdb';
import { PortError } from '#ports/errors';

/** A fsync costs the same for one commit as for hundreds: what comes while one is under way goes into the next together. */
const MAX_JOBS_PER_TRANSACTION = 512;

export interface GroupCommit {
  /**
   * Runs the job inside a write transaction and resolves when that is on disk. Jobs run one after another, so what a job checks
   * stays true until it has written. A job that throws a PortError must not have written yet: only it fails. Anything else
   * that is thrown takes the whole transaction back, for all jobs in it.
   */
  run<T>(job: () => T): Promise<T>;
  /** Waits for what is under way, and refuses what comes later. */
  close(): Promise<void>;
}

interface Pending {
  job: () => unknown;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

export function createGroupCommit(root: RootDatabase, atEnd: () => void): GroupCommit {
  const queue: Pending[] = [];
  let writing: Promise<void> | undefined;
  let closed = false;

  async function writeAll(): Promise<void> {
    while (queue.length > 0) settle(await writeTogether(root, queue, atEnd));
    writing = undefined;
  }

  return {
    run(job) {
      if (closed) return Promise.reject(new PortError('Unavailable', 'the store is closed'));
      return new Promise((resolve, reject) => {
        queue.push({ job, resolve, reject });
        writing ??= writeAll();
      });
    },
    async close() {
      closed = true;
      await writing;
    },
  };
}

// Takes its jobs only when the transaction has begun: until then more may come.
async function writeTogether(root: RootDatabase, queue: Pending[], atEnd: () => void): Promise<(() => void)[]> {
  let jobs: Pending[] = [];
  try {
    // An ordinary lmdb transaction would keep what was written before an error; a child transaction is taken back.
    const outcomes = await root.childTransaction(() => {
      jobs = queue.splice(0, MAX_JOBS_PER_TRANSACTION);
      const results = jobs.map(runJob);
      atEnd();
      return results;
    });
    // LMDB reads from the moment at which its reader began: what follows an acknowledgement must see the write.
    root.resetReadTxn();
    return outcomes;
  } catch (error) {
    return (jobs.length > 0 ? jobs : queue.splice(0)).map(({ reject }) => () => reject(error));
  }
}

function runJob({ job, resolve, reject }: Pending): () => void {
  try {
    const result = job();
    return () => resolve(result as never);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    return () => reject(error);
  }
}

function settle(outcomes: (() => void)[]): void {
  for (const outcome of outcomes) outcome();
}
