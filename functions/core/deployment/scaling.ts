import { MAX_REPLICAS, DESIRED_REPLICAS, availableOf, isRollingUpdate, replicasOf, sum } from './limits.ts';
import { byAge } from './template.ts';
import type { Limits } from './limits.ts';
import type { Resize } from './rolling.ts';
import type { Deployment, ReplicaSet } from '#api/schema/kinds.generated';

/** Somebody scaled the deployment itself: an active replica set was last sized for another number. */
export function isScalingEvent(deployment: Deployment, replicaSets: ReplicaSet[]): boolean {
  const wanted = String(deployment.spec?.replicas ?? 1);
  return active(replicaSets).some((set) => {
    const noted = set.metadata.annotations?.[DESIRED_REPLICAS];
    return noted !== undefined && noted !== wanted;
  });
}

/** Scales without rolling: also in the middle of a paused rollout, where each replica set keeps its share. */
export function scaleStep(deployment: Deployment, fresh: ReplicaSet | undefined, { old, limits }: { old: ReplicaSet[]; limits: Limits }): Resize[] {
  const all = fresh === undefined ? old : [...old, fresh];
  const one = onlyOne(fresh, old);
  if (one !== undefined) return resize(one, limits.replicas);
  if (fresh !== undefined && isSaturated(fresh, limits.replicas)) return active(old).flatMap((set) => resize(set, 0));
  return isRollingUpdate(deployment) ? scaleProportionally(deployment, active(all), limits) : [];
}

// The one active replica set; where none is, the new or the latest.
function onlyOne(fresh: ReplicaSet | undefined, old: ReplicaSet[]): ReplicaSet | undefined {
  const activeSets = active(fresh === undefined ? old : [...old, fresh]);
  if (activeSets.length === 1) return activeSets[0];
  if (activeSets.length === 0) return fresh ?? byAge(old).at(-1);
  return undefined;
}

function isSaturated(set: ReplicaSet, replicas: number): boolean {
  return replicasOf(set) === replicas && set.metadata.annotations?.[DESIRED_REPLICAS] === String(replicas) && availableOf(set) === replicas;
}

function scaleProportionally(deployment: Deployment, activeSets: ReplicaSet[], { replicas, maxSurge }: Limits): Resize[] {
  const allowed = replicas > 0 ? replicas + maxSurge : 0;
  const toAdd = allowed - sum(activeSets, replicasOf);
  if (toAdd === 0) return [];
  const sets = byAge(activeSets);
  // The largest bear most; of equals the newest grows first and the oldest shrinks first.
  if (toAdd > 0) sets.reverse();
  sets.sort((a, b) => replicasOf(b) - replicasOf(a));

  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of sets) {
    const share = bounded(shareOf(deployment, set, { replicas, maxSurge }), toAdd - added);
    sizes.set(set, replicasOf(set) + share);
    added += share;
  }
  const largest = sets[0];
  if (largest !== undefined) sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + toAdd - added));
  return sets.flatMap((set) => resize(set, sizes.get(set) ?? 0));
}

// How much the set must change to keep the share that it had when it was last sized.
function shareOf(deployment: Deployment, set: ReplicaSet, { replicas, maxSurge }: { replicas: number; maxSurge: number }): number {
  const size = replicasOf(set);
  if (replicas === 0) return -size;
  const noted = Number(set.metadata.annotations?.[MAX_REPLICAS] ?? deployment.status?.replicas ?? 0);
  if (!(noted > 0)) return 0;
  return Math.round((size * (replicas + maxSurge)) / noted) - size;
}

function bounded(share: number, left: number): number {
  if (left > 0) return Math.max(0, Math.min(share, left));
  return Math.min(0, Math.max(share, left));
}

function active(replicaSets: ReplicaSet[]): ReplicaSet[] {
  return replicaSets.filter((set) => replicasOf(set) > 0);
}

function resize(set: ReplicaSet, replicas: number): Resize[] {
  return replicas === replicasOf(set) ? [] : [{ set, replicas }];
}
