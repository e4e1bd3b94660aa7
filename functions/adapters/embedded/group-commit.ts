import type { RootDatabase } from 'lmdb';
import { PortError } from '#ports/errors';

/** A fsync costs the same for one commit as for hundreds: what comes while one is under way goes into the next together. */
const MAX_JOBS_PER_TRANSACTION = 512;

export interface GroupCommit<Shared> {
  /**
   * Runs the job inside a write transaction and resolves when that is on disk. Jobs run one after another, so what a job checks
   * stays true until it has written. A job that throws a PortError must not have written yet: only it fails. Anything else
   * that is thrown takes the whole transaction back, for all jobs in it. `shared` is what `begin` has made for the transaction.
   */
  run<T>(job: (shared: Shared) => T): Promise<T>;
  /** Waits for what is under way, and refuses what comes later. */
  close(): Promise<void>;
}

/** What frames the jobs of each transaction. */
export interface Framing<Shared> {
  begin(): Shared;
  /** Behind the last job, in the same transaction. */
  end(shared: Shared): void;
}

interface Pending<Shared> {
  job: (shared: Shared) => unknown;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

export function createGroupCommit<Shared>(root: RootDatabase, framing: Framing<Shared>): GroupCommit<Shared> {
  const queue: Pending<Shared>[] = [];
  let writing: Promise<void> | undefined;
  let closed = false;

  async function writeAll(): Promise<void> {
    while (queue.length > 0) settle(await writeTogether(root, queue, framing));
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
async function writeTogether<Shared>(root: RootDatabase, queue: Pending<Shared>[], { begin, end }: Framing<Shared>): Promise<(() => void)[]> {
  let jobs: Pending<Shared>[] = [];
  try {
    // An ordinary lmdb transaction would keep what was written before an error; a child transaction is taken back.
    const outcomes = await root.childTransaction(() => {
      jobs = queue.splice(0, MAX_JOBS_PER_TRANSACTION);
      const shared = begin();
      const results = jobs.map((pending) => runJob(pending, shared));
      end(shared);
      return results;
    });
    // LMDB reads from the moment at which its reader began: what follows an acknowledgement must see the write.
    root.resetReadTxn();
    return outcomes;
  } catch (error) {
    return (jobs.length > 0 ? jobs : queue.splice(0)).map(({ reject }) => () => reject(error));
  }
}

function runJob<Shared>({ job, resolve, reject }: Pending<Shared>, shared: Shared): () => void {
  try {
    const result = job(shared);
    return () => resolve(result as never);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    return () => reject(error);
  }
}

function settle(outcomes: (() => void)[]): void {
  for (const outcome of outcomes) outcome();
}
