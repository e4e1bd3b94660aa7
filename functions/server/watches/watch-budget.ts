import { tooManyRequests, type StatusError } from '#api/status';

/** How many watches are held open at most. */
export interface WatchBudget {
  /** Throws a Status that names the time to wait when there is no room. */
  take(wanted: WantedWatch): Promise<WatchPlace>;
}

export interface WantedWatch {
  durationMs: number;
  /** Its client watches again by itself when the watch ends early. */
  comesAgain: boolean;
}

export interface WatchPlace {
  /** Aborts when the place has gone to another: the watch is to end. */
  lost: AbortSignal;
  release(): Promise<void>;
}

/** Of this process alone. */
export function createProcessBudget(limit: number): WatchBudget {
  let open = 0;
  return {
    async take() {
      if (open >= limit) throw tooManyWatches(1);
      open += 1;
      let held = true;
      return {
        lost: new AbortController().signal,
        async release() {
          if (held) open -= 1;
          held = false;
        },
      };
    },
  };
}

export function tooManyWatches(retryAfterSeconds: number): StatusError {
  return tooManyRequests('too many watches are open, please try again later', retryAfterSeconds);
}
