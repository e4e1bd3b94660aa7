import { availableOf, replicasOf, sum } from './limits.ts';
import { byAge } from './template.ts';
import type { Limits } from './limits.ts';
import type { ReplicaSet } from '#api/schema/kinds.generated';

export interface Resize {
  set: ReplicaSet;
  replicas: number;
}

/**
 * One step of a rolling update: first the new replica set grows as far as the surge allows, then (in a later step, when
 * that is seen) the old ones shrink as far as availability allows. Never more than `replicas + maxSurge` pods wanted, never fewer than
 * `replicas - maxUnavailable` available.
 */
export function rollingStep(fresh: ReplicaSet, old: ReplicaSet[], limits: Limits): Resize[] {
  const size = newReplicaSetSize(fresh, [...old, fresh], limits);
  if (size !== replicasOf(fresh)) return [{ set: fresh, replicas: size }];
  return shrinkOld(fresh, old, limits);
}

/** How large the new replica set may be now; `fresh` is undefined when it is about to be created. */
export function newReplicaSetSize(fresh: ReplicaSet | undefined, all: ReplicaSet[], { replicas, maxSurge }: Limits): number {
  const size = fresh === undefined ? 0 : replicasOf(fresh);
  if (size >= replicas) return replicas;
  const room = replicas + maxSurge - sum(all, replicasOf);
  return room <= 0 ? size : size + Math.min(room, replicas - size);
}

function shrinkOld(fresh: ReplicaSet, old: ReplicaSet[], { replicas, maxUnavailable }: Limits): Resize[] {
  const all = [...old, fresh];
  const minAvailable = replicas - maxUnavailable;
  // New pods that are not available yet count as lost: should they never become so, what is left must still be enough.
  const newUnavailable = replicasOf(fresh) - availableOf(fresh);
  const budget = sum(all, replicasOf) - minAvailable - newUnavailable;
  if (budget <= 0) return [];

  const sizes = new Map(old.map((set) => [set, replicasOf(set)]));
  const take = (set: ReplicaSet, count: number): number => {
    sizes.set(set, (sizes.get(set) ?? 0) - count);
    return count;
  };
  // Pods that do not serve anyway go first.
  let unhealthy = budget;
  for (const set of byAge(old)) unhealthy -= take(set, Math.min(unhealthy, Math.max(0, replicasOf(set) - availableOf(set))));

  // A status may be older than the last step: what was already told to go does not count as available any more.
  let healthy = sum(all, (set) => Math.min(availableOf(set), replicasOf(set))) - minAvailable;
  for (const set of byAge(old)) if (healthy > 0) healthy -= take(set, Math.min(healthy, sizes.get(set) ?? 0));

  return old.map((set) => ({ set, replicas: sizes.get(set) ?? 0 })).filter(({ set, replicas: size }) => size !== replicasOf(set));
}
