import { findCondition, withoutCondition } from '../conditions.ts';
import { timestampMs } from '../timestamp.ts';
import { replaceDeploymentCondition, withDeploymentCondition } from './status.ts';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';

const NO_DEADLINE = 2 ** 31 - 1;

export interface Rollout {
  deployment: Deployment;
  /** Counts as they are now; its conditions are those that `withProgress` starts from. */
  status: DeploymentStatus;
  fresh: ReplicaSet | undefined;
  replicaSets: ReplicaSet[];
  nowMs: number;
}

/** The Progressing and ReplicaFailure conditions as the rollout stands. */
export function withProgress(rollout: Rollout): DeploymentCondition[] {
  const { deployment, status } = rollout;
  let conditions = status.conditions ?? [];
  const current = findCondition(conditions, 'Progressing');
  if (!hasDeadline(deployment)) conditions = withoutCondition(conditions, 'Progressing');
  else if (!((status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable')) conditions = judge(rollout, conditions, current);

  const failure = failureOf(rollout);
  return failure === undefined ? withoutCondition(conditions, 'ReplicaFailure') : withDeploymentCondition(conditions, failure);
}

function judge(rollout: Rollout, conditions: DeploymentCondition[], current: DeploymentCondition | undefined): DeploymentCondition[] {
  const { deployment, status, nowMs } = rollout;
  if (isComplete(deployment, status)) return withDeploymentCondition(conditions, progressing('True', 'NewReplicaSetAvailable', `${subject(rollout)} has successfully progressed.`, nowMs));
  if (hasMoved(deployment, status)) return replaceDeploymentCondition(conditions, progressing('True', 'ReplicaSetUpdated', `${subject(rollout)} is progressing.`, nowMs));
  if (isTimedOut(deployment, current, nowMs)) return withDeploymentCondition(conditions, progressing('False', 'ProgressDeadlineExceeded', `${subject(rollout)} has timed out progressing.`, nowMs));
  return conditions;
}

export function progressing(status: string, reason: string, message: string, nowMs: number): DeploymentCondition {
  return { type: 'Progressing', status, reason, message, lastUpdateTime: formatTime(nowMs), lastTransitionTime: formatTime(nowMs) };
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const replicas = deployment.spec?.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** A paused deployment's clock stands still. */
export function withPause(deployment: Deployment, conditions: DeploymentCondition[], nowMs: number): DeploymentCondition[] {
  const current = findCondition(conditions, 'Progressing');
  if (!hasDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return conditions;
  const wasPaused = current?.reason === 'DeploymentPaused';
  if (deployment.spec?.paused === true && !wasPaused) return replaceDeploymentCondition(conditions, progressing('Unknown', 'DeploymentPaused', 'Deployment is paused', nowMs));
  if (deployment.spec?.paused !== true && wasPaused) return replaceDeploymentCondition(conditions, progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed', nowMs));
  return conditions;
}

/** When to look again at a rollout that may be stuck; undefined: nothing to wait for. */
export function deadlineInMs(deployment: Deployment, status: DeploymentStatus, nowMs: number): number | undefined {
  const current = findCondition(status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || deployment.spec?.paused === true || current === undefined || isComplete(deployment, status)) return undefined;
  if (current.reason === 'ProgressDeadlineExceeded' || current.reason === 'NewReplicaSetAvailable') return undefined;
  return Math.max(1000, timestampMs(current.lastUpdateTime) + deadlineMs(deployment) + 1000 - nowMs);
}

function hasDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds != null && seconds !== NO_DEADLINE;
}

function deadlineMs(deployment: Deployment): number {
  return (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000;
}

function hasMoved(deployment: Deployment, now: DeploymentStatus): boolean {
  const before = deployment.status ?? {};
  const oldPods = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  const grew = (field: 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'): boolean => (now[field] ?? 0) > (before[field] ?? 0);
  return grew('updatedReplicas') || grew('readyReplicas') || grew('availableReplicas') || oldPods(now) < oldPods(before);
}

function isTimedOut(deployment: Deployment, current: DeploymentCondition | undefined, nowMs: number): boolean {
  if (current === undefined || current.reason === 'NewReplicaSetAvailable') return false;
  return current.reason === 'ProgressDeadlineExceeded' || nowMs - timestampMs(current.lastUpdateTime) > deadlineMs(deployment);
}

function subject({ deployment, fresh }: Rollout): string {
  return fresh === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${fresh.metadata.name}"`;
}

function failureOf({ fresh, replicaSets, nowMs }: Rollout): DeploymentCondition | undefined {
  const failures = [fresh, ...replicaSets].flatMap((set) => findCondition(set?.status?.conditions, 'ReplicaFailure') ?? []);
  const failure = failures[0];
  if (failure === undefined) return undefined;
  return { type: 'ReplicaFailure', status: failure.status, reason: failure.reason ?? '', message: failure.message ?? '', lastUpdateTime: formatTime(nowMs), lastTransitionTime: failure.lastTransitionTime ?? formatTime(nowMs) };
}
