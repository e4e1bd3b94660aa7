import { milliValue, parseQuantity, wholeValue } from '#api/quantity';
import type { Container, Pod } from '#api/schema/kinds.generated';

/** cpu in thousandths, everything else in whole units. */
export type Resources = Record<string, number>;

type Quantities = Record<string, unknown> | undefined;

export function resourcesOf(quantities: Quantities): Resources {
  const resources: Resources = {};
  for (const [name, text] of Object.entries(quantities ?? {})) {
    const quantity = parseQuantity(String(text));
    resources[name] = Number(name === 'cpu' ? milliValue(quantity) : wholeValue(quantity));
  }
  return resources;
}

/**
 * What a pod needs at its most: its containers together with the restartable init containers, or one init container beside those
 * that were started before it, whichever is more; and the overhead.
 */
export function podRequests(pod: Pod): Resources {
  const sidecars: Resources = {};
  let initPeak: Resources = {};
  for (const container of pod.spec?.initContainers ?? []) {
    const requests = requestsOf(container);
    if (container.restartPolicy === 'Always') add(sidecars, requests);
    initPeak = largest(initPeak, container.restartPolicy === 'Always' ? sidecars : sum(sidecars, requests));
  }
  const running = { ...sidecars };
  for (const container of pod.spec?.containers ?? []) add(running, requestsOf(container));
  const peak = { ...largest(running, initPeak), ...podLevelRequests(pod) };
  add(peak, resourcesOf(pod.spec?.overhead));
  return peak;
}

// What is said for the pod as a whole stands instead of the sum.
function podLevelRequests(pod: Pod): Resources {
  return resourcesOf(pod.spec?.resources?.requests);
}

export function add(total: Resources, more: Resources): void {
  for (const [name, amount] of Object.entries(more)) total[name] = (total[name] ?? 0) + amount;
}

function requestsOf(container: Container): Resources {
  return resourcesOf(container.resources?.requests);
}

function sum(a: Resources, b: Resources): Resources {
  const total = { ...a };
  add(total, b);
  return total;
}

function largest(a: Resources, b: Resources): Resources {
  const result = { ...a };
  for (const [name, amount] of Object.entries(b)) result[name] = Math.max(result[name] ?? 0, amount);
  return result;
}
