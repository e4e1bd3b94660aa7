import { controllerReference } from '../owner.ts';
import { isPodFinished } from '../pod-state.ts';
import { replicasOf, rolloutLimits, isRollingUpdate, sizeAnnotations } from './limits.ts';
import { deadlineInMs, isComplete, progressing, withPause, withProgress } from './progress.ts';
import { nextRevision, replicaSetAnnotations, revisionOf, REVISION, surplusHistory } from './revision.ts';
import { newReplicaSetSize, rollingStep } from './rolling.ts';
import { isScalingEvent, scaleStep } from './scaling.ts';
import { deploymentStatus, replaceDeploymentCondition } from './status.ts';
import { findNewReplicaSet, POD_TEMPLATE_HASH, templateHash } from './template.ts';
import { findCondition } from '../conditions.ts';
import type { Limits } from './limits.ts';
import type { Resize } from './rolling.ts';
import type { Deployment, DeploymentStatus, Pod, ReplicaSet } from '#api/schema/kinds.generated';
import { isEmptySelector } from '#api/validation/label-selector';

export interface DeploymentView {
  deployment: Deployment;
  /** All that it controls. */
  replicaSets: ReplicaSet[];
  /** The pods of a replica set; asked for Recreate alone. */
  podsOf(set: ReplicaSet): Pod[];
  nowMs: number;
}

export interface ReplicaSetChange {
  set: ReplicaSet;
  replicas?: number;
  /** To be set over the present ones. */
  annotations?: Record<string, string>;
  minReadySeconds?: number;
}

/** One step; what it changes comes back through the log and asks for the next one. */
export interface DeploymentPlan {
  create?: ReplicaSet;
  changes: ReplicaSetChange[];
  remove: ReplicaSet[];
  /** To be noted on the deployment itself. */
  revision?: string;
  /** undefined: as it is. */
  status: DeploymentStatus;
  afterMs?: number;
}

interface Situation extends DeploymentView {
  fresh: ReplicaSet | undefined;
  old: ReplicaSet[];
  limits: Limits;
}

export function planDeployment(view: DeploymentView): DeploymentPlan {
  const { deployment, replicaSets, nowMs } = view;
  const fresh = findNewReplicaSet(deployment, replicaSets);
  const old = replicaSets.filter((set) => set !== fresh);
  const situation: Situation = { ...view, fresh, old, limits: rolloutLimits(deployment) };
  const status = deploymentStatus(deployment, fresh, { old, nowMs });
  const none: DeploymentPlan = { changes: [], remove: [], status };

  if (deployment.metadata.deletionTimestamp !== undefined || isEmptySelector(deployment.spec?.selector)) return none;
  status.conditions = withPause(deployment, status.conditions ?? [], nowMs);
  if (deployment.spec?.paused === true) {
    const { changes, ...notes } = annotated(situation);
    return { ...none, ...notes, changes: merged(changes, rescaled(situation)), remove: surplusHistory(deployment, old) };
  }
  if (isScalingEvent(deployment, replicaSets)) {
    const changes = rescaled(situation);
    if (changes.length > 0) return { ...none, changes };
  }
  return rollout(situation, none);
}

function rollout(situation: Situation, none: DeploymentPlan): DeploymentPlan {
  const { deployment, fresh, old, nowMs, replicaSets } = situation;
  if (fresh === undefined) return startRollout(situation, none);
  const { changes, ...notes } = annotated(situation);
  const resizes = isRollingUpdate(deployment) ? rollingStep(fresh, old, situation.limits) : recreateStep(situation, fresh);
  const status = withFound(none.status, fresh, nowMs);
  if (resizes.length > 0) return { ...none, ...notes, status, changes: merged(changes, resized(situation, resizes)) };

  status.conditions = withProgress({ deployment, status, fresh, replicaSets, nowMs });
  const afterMs = deadlineInMs(deployment, status, nowMs);
  return {
    ...none,
    ...notes,
    changes,
    status,
    remove: isComplete(deployment, status) ? surplusHistory(deployment, old) : [],
    ...(afterMs === undefined ? {} : { afterMs }),
  };
}

function startRollout(situation: Situation, none: DeploymentPlan): DeploymentPlan {
  const { deployment, old, nowMs } = situation;
  if (!isRollingUpdate(deployment)) {
    const stopped = old.filter((set) => replicasOf(set) > 0).map((set) => ({ set, replicas: 0 }));
    if (stopped.length > 0) return { ...none, changes: resized(situation, stopped) };
    if (hasRunningPods(situation)) return none;
  }
  const create = newReplicaSet(situation);
  const created = progressing('True', 'NewReplicaSetCreated', `Created new replica set "${create.metadata.name}"`, nowMs);
  const status = { ...none.status, conditions: replaceDeploymentCondition(none.status.conditions, created) };
  return { ...none, create, status, revision: create.metadata.annotations?.[REVISION] ?? '' };
}

function newReplicaSet({ deployment, old, limits }: Situation): ReplicaSet {
  const template = deployment.spec?.template;
  const hash = templateHash(template, deployment.status?.collisionCount ?? 0);
  const labels = { ...template?.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  const { namespace, name } = deployment.metadata;
  return {
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: { ...replicaSetAnnotations(deployment, undefined, nextRevision(old)), ...sizeAnnotations(limits) },
      ownerReferences: [controllerReference(deployment, { apiVersion: 'apps/v1', kind: 'Deployment' })],
    },
    spec: {
      replicas: newReplicaSetSize(undefined, old, limits),
      ...(deployment.spec?.minReadySeconds ? { minReadySeconds: deployment.spec.minReadySeconds } : {}),
      selector: { ...deployment.spec?.selector, matchLabels: { ...deployment.spec?.selector?.matchLabels, [POD_TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  };
}

/** The old ones must be gone before the first of the new: that is what Recreate is for. */
function recreateStep(situation: Situation, fresh: ReplicaSet): Resize[] {
  const active = situation.old.filter((set) => replicasOf(set) > 0);
  if (active.length > 0) return active.map((set) => ({ set, replicas: 0 }));
  if (hasRunningPods(situation)) return [];
  return replicasOf(fresh) === situation.limits.replicas ? [] : [{ set: fresh, replicas: situation.limits.replicas }];
}

function hasRunningPods({ old, podsOf }: Situation): boolean {
  return old.some((set) => (set.status?.replicas ?? 0) > 0 || podsOf(set).some((pod) => !isPodFinished(pod)));
}

function annotated({ deployment, fresh, old }: Situation): Pick<DeploymentPlan, 'changes' | 'revision'> {
  if (fresh === undefined) return { changes: [] };
  const wanted = replicaSetAnnotations(deployment, fresh, nextRevision(old));
  const annotations = differing(wanted, fresh.metadata.annotations);
  const change: ReplicaSetChange = { set: fresh, ...(annotations === undefined ? {} : { annotations }) };
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  if (minReadySeconds !== (fresh.spec?.minReadySeconds ?? 0)) change.minReadySeconds = minReadySeconds;
  const revision = wanted[REVISION] ?? '';
  const noted = String(revisionOf(deployment)) === revision;
  return { changes: Object.keys(change).length > 1 ? [change] : [], ...(noted ? {} : { revision }) };
}

function resized({ limits }: Situation, resizes: Resize[]): ReplicaSetChange[] {
  return resizes.map(({ set, replicas }) => ({ set, replicas, annotations: sizeAnnotations(limits) }));
}

// Every active set is marked with the new size, also one that keeps its own: a stale mark would read as one more scaling later.
function rescaled(situation: Situation): ReplicaSetChange[] {
  const changes = resized(situation, scaleStep(situation.deployment, situation.fresh, situation));
  const marks = situation.replicaSets.filter((set) => replicasOf(set) > 0).flatMap((set) => {
    const annotations = differing(sizeAnnotations(situation.limits), set.metadata.annotations);
    return annotations === undefined ? [] : [{ set, annotations }];
  });
  return merged(marks, changes);
}

// The same set gets its annotations and its size in one write.
function merged(first: ReplicaSetChange[], second: ReplicaSetChange[]): ReplicaSetChange[] {
  const bySet = new Map<ReplicaSet, ReplicaSetChange>();
  for (const change of [...first, ...second]) {
    const other = bySet.get(change.set);
    bySet.set(change.set, other === undefined ? change : { ...other, ...change, annotations: { ...other.annotations, ...change.annotations } });
  }
  return [...bySet.values()];
}

function differing(wanted: Record<string, string>, current: Record<string, string> | undefined): Record<string, string> | undefined {
  const entries = Object.entries(wanted).filter(([key, value]) => current?.[key] !== value);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function withFound(status: DeploymentStatus, fresh: ReplicaSet, nowMs: number): DeploymentStatus {
  if (findCondition(status.conditions, 'Progressing') !== undefined) return status;
  const found = progressing('True', 'FoundNewReplicaSet', `Found new replica set "${fresh.metadata.name}"`, nowMs);
  return { ...status, conditions: replaceDeploymentCondition(status.conditions, found) };
}
