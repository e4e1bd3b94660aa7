import { findCondition } from '../conditions.ts';
import { availableOf, replicasOf, rolloutLimits, sum } from './limits.ts';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';

/** Counts, and the Available condition; the Progressing one comes from `progress`. */
export function deploymentStatus(deployment: Deployment, fresh: ReplicaSet | undefined, { old, nowMs }: { old: ReplicaSet[]; nowMs: number }): DeploymentStatus {
  const all = fresh === undefined ? old : [...old, fresh];
  const available = sum(all, availableOf);
  const status: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum(all, (set) => set.status?.replicas ?? 0),
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(all, replicasOf) - available),
  };
  dropZeros(status);
  status.terminatingReplicas = sum(all, (set) => set.status?.terminatingReplicas ?? 0);
  const collisions = deployment.status?.collisionCount;
  if (collisions !== undefined) status.collisionCount = collisions;
  status.conditions = withAvailability(deployment, available, nowMs);
  return status;
}

export function withAvailability(deployment: Deployment, available: number, nowMs: number): DeploymentCondition[] {
  const { replicas, maxUnavailable } = rolloutLimits(deployment);
  const enough = available >= replicas - maxUnavailable;
  return withDeploymentCondition(deployment.status?.conditions, {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
    lastUpdateTime: formatTime(nowMs),
    lastTransitionTime: formatTime(nowMs),
  });
}

/** A condition with the same status and reason is left as it is, times included: otherwise each look would be a write. */
export function withDeploymentCondition(conditions: DeploymentCondition[] | undefined, condition: DeploymentCondition): DeploymentCondition[] {
  const current = findCondition(conditions, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return conditions ?? [];
  return replaceDeploymentCondition(conditions, condition);
}

/** Written anew even where status and reason stay: `lastUpdateTime` is what the progress deadline counts from. */
export function replaceDeploymentCondition(conditions: DeploymentCondition[] | undefined, condition: DeploymentCondition): DeploymentCondition[] {
  const current = findCondition(conditions, condition.type);
  const next = current?.status === condition.status && current.lastTransitionTime != null ? { ...condition, lastTransitionTime: current.lastTransitionTime } : condition;
  return [...(conditions ?? []).filter((other) => other.type !== condition.type), next];
}

// As Go leaves zero counts out of the JSON.
function dropZeros(status: DeploymentStatus): void {
  for (const [field, value] of Object.entries(status)) if (value === 0) delete status[field as keyof DeploymentStatus];
}
