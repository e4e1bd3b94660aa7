import type { Clock } from '#ports/clock';

// setTimeout counts in 32 bits: a longer delay would fire at once.
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(ms, MAX_DELAY_MS));
      signal?.addEventListener('abort', finish, { once: true });
    });
  },
};
