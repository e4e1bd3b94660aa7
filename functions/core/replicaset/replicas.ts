import { isPodActive } from '../pod-state.ts';
import { podsToDelete } from './rank.ts';
import type { KubeObject } from '#api/object';
import type { Pod, PodTemplateSpec, ReplicaSetStatus } from '#api/schema/kinds.generated';

/** More than this in one reconcile would starve its neighbours. */
export const BURST_REPLICAS = 500;

/** What replica sets and replication controllers have in common. */
export interface ReplicaOwner extends KubeObject {
  spec?: { replicas?: number; minReadySeconds?: number; template?: PodTemplateSpec };
  status?: ReplicaSetStatus;
}

export interface ReplicaPlan {
  create: number;
  remove: Pod[];
}

export function planReplicas(set: ReplicaOwner, pods: Pod[], related: Pod[]): ReplicaPlan {
  if (set.metadata.deletionTimestamp !== undefined) return { create: 0, remove: [] };
  const active = pods.filter(isPodActive);
  const difference = (set.spec?.replicas ?? 1) - active.length;
  if (difference >= 0) return { create: Math.min(difference, BURST_REPLICAS), remove: [] };
  return { create: 0, remove: podsToDelete(active, related, Math.min(-difference, BURST_REPLICAS)) };
}

/** 1, 2, 4 ...: where nothing can be created (a quota, a webhook), one failed attempt says so, not five hundred. */
export function slowStartBatches(count: number): number[] {
  const batches: number[] = [];
  for (let size = 1, left = count; left > 0; size *= 2) {
    batches.push(Math.min(size, left));
    left -= size;
  }
  return batches;
}
