import { scaledValue } from '../int-or-string.ts';
import type { Deployment, ReplicaSet } from '#api/schema/kinds.generated';

export interface Limits {
  replicas: number;
  /** How many more pods than `replicas` there may be. */
  maxSurge: number;
  /** How many fewer available ones. */
  maxUnavailable: number;
}

/** What a rollout may do. Both bounds at zero could never move, so one pod may then be unavailable. */
export function rolloutLimits(deployment: Deployment): Limits {
  const replicas = deployment.spec?.replicas ?? 1;
  if (!isRollingUpdate(deployment)) return { replicas, maxSurge: 0, maxUnavailable: 0 };
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  const maxSurge = scaledValue(rolling?.maxSurge ?? '25%', replicas, 'up');
  const maxUnavailable = scaledValue(rolling?.maxUnavailable ?? '25%', replicas, 'down');
  return { replicas, maxSurge, maxUnavailable: Math.min(maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable, Math.max(replicas, 1)) };
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec?.strategy?.type !== 'Recreate';
}

export function replicasOf(set: ReplicaSet): number {
  return set.spec?.replicas ?? 1;
}

export function availableOf(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

export function sum(replicaSets: ReplicaSet[], count: (set: ReplicaSet) => number): number {
  return replicaSets.reduce((total, set) => total + count(set), 0);
}

/** Annotations by which a later scaling knows what share of the deployment a replica set was. */
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

export function sizeAnnotations(limits: Limits): Record<string, string> {
  return { [DESIRED_REPLICAS]: String(limits.replicas), [MAX_REPLICAS]: String(limits.replicas + limits.maxSurge) };
}
