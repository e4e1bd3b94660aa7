// setTimeout counts in 32 bits: a longer delay would fire at once.
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The machine's time, as `ports/clock` has it: a sleep that is given up resolves. It is here, and no adapter, because workers and the command line know no adapters. */
export const systemClock = {
  now: (): number => Date.now(),
  sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, MAX_DELAY_MS));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
