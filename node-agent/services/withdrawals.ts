import type { Clock } from '../clock.ts';
import type { EndpointFacts, ServiceView } from './service-view.ts';

/**
 * When a pod that is to end gets no new connection any more: its end may begin then. The API says first that its endpoint is terminating,
 * then this node's rules leave it out.
 */
export interface Withdrawals {
  /** The kernel's rules are now made from this view. */
  applied(view: ServiceView): void;
  /** Resolves when nothing more is sent to the pod, at the latest after `timeoutMs`; at once for one that is behind no Service. */
  withdrawn(podUid: string, timeoutMs: number): Promise<void>;
}

// A connection that was made before the rules changed may still wait for its program to accept it; one that ends at SIGTERM would break it.
const LINGER_MS = 500;

export function createWithdrawals(clock: Clock): Withdrawals {
  let current: ServiceView = { services: [] };
  const waiting = new Set<() => void>();

  // A headless Service has names, and no rules.
  const endpointsOf = (podUid: string): EndpointFacts[] => current.services.flatMap(({ headless, endpoints }) => (headless ? [] : endpoints.filter((endpoint) => endpoint.podUid === podUid)));
  const dropped = (podUid: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (endpointsOf(podUid).some(({ ready, terminating }) => ready && !terminating)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });

  return {
    applied(view) {
      current = view;
      for (const look of [...waiting]) look();
    },
    async withdrawn(podUid, timeoutMs) {
      if (!endpointsOf(podUid).some(({ ready, terminating }) => ready || terminating)) return;
      const over = new AbortController();
      const all = dropped(podUid).then(() => clock.sleep(LINGER_MS, over.signal));
      await Promise.race([all, clock.sleep(timeoutMs, over.signal)]);
      over.abort();
    },
  };
}
