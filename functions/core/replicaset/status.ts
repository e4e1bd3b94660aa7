import { findCondition, withCondition, withoutCondition } from '../conditions.ts';
import { labelsInclude } from '../label-selector.ts';
import { nonZero } from '../non-zero.ts';
import { isPodActive, isPodAvailable, isPodReady, isPodTerminating } from '../pod-state.ts';
import type { ReplicaOwner } from './replicas.ts';
import type { Pod, ReplicaSetStatus } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';

export interface ReplicaFailure {
  reason: 'FailedCreate' | 'FailedDelete';
  message: string;
}

export interface StatusView {
  /** Of the last attempt. */
  failure: ReplicaFailure | undefined;
  nowMs: number;
  /** Replica sets alone have that field. */
  countsTerminating: boolean;
}

/** Counts of the replica set's own pods, and the ReplicaFailure condition of the last attempt. */
export function replicaSetStatus(set: ReplicaOwner, pods: Pod[], { failure, nowMs, countsTerminating }: StatusView): ReplicaSetStatus {
  const active = pods.filter(isPodActive);
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const templateLabels = set.spec?.template?.metadata?.labels;
  const status: ReplicaSetStatus = {
    replicas: active.length,
    ...nonZero('fullyLabeledReplicas', active.filter((pod) => labelsInclude(templateLabels, pod.metadata.labels)).length),
    ...nonZero('readyReplicas', active.filter(isPodReady).length),
    ...nonZero('availableReplicas', active.filter((pod) => isPodAvailable(pod, minReadySeconds, nowMs)).length),
    ...(countsTerminating ? { terminatingReplicas: pods.filter(isPodTerminating).length } : {}),
    observedGeneration: set.metadata.generation ?? 0,
  };
  const conditions = failureConditions(set, failure, nowMs);
  if (conditions.length > 0) status.conditions = conditions;
  return status;
}

function failureConditions(set: ReplicaOwner, failure: ReplicaFailure | undefined, nowMs: number): NonNullable<ReplicaSetStatus['conditions']> {
  const current = set.status?.conditions;
  if (failure === undefined) return withoutCondition(current, 'ReplicaFailure');
  // The first failure stands until one attempt succeeds: a message that changes with each try would wake everybody each time.
  if (findCondition(current, 'ReplicaFailure') !== undefined) return current ?? [];
  return withCondition(current, { type: 'ReplicaFailure', status: 'True', ...failure, lastTransitionTime: formatTime(nowMs) });
}
