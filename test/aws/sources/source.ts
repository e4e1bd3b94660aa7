/** Something that goes on until the account is closed. */
export interface Source {
  stop(): Promise<void>;
}

/** Repeats `turn` until stopped; a failure is told and followed by a pause. */
export function repeat(name: string, turn: (signal: AbortSignal) => Promise<void>, log: (line: string) => void): Source {
  const stopped = new AbortController();
  const { signal } = stopped;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await turn(signal);
      } catch (error) {
        if (signal.aborted) return;
        log(`${name}: ${String(error)}`);
        await pause(250, signal);
      }
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
  });
}
