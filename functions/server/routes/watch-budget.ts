/** How many watches one process holds open at most. */
export interface WatchBudget {
  /** Gives the release of one place; undefined when all are taken. */
  take(): (() => void) | undefined;
}

export function createWatchBudget(limit: number): WatchBudget {
  let open = 0;
  return {
    take: () => {
      if (open >= limit) return undefined;
      open += 1;
      let held = true;
      return () => {
        if (held) open -= 1;
        held = false;
      };
    },
  };
}
