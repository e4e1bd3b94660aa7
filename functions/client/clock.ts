// setTimeout counts in 32 bits: a longer delay would fire at once.
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The time of those outside of the control plane, who do not come by its adapters: a sleep that is given up resolves, as `ports/clock` has it. */
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
