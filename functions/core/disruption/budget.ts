import { findCondition, withCondition } from '../conditions.ts';
import { scaledValue } from '../int-or-string.ts';
import { isPodReady } from '../pod-state.ts';
import { timestampMs } from '../timestamp.ts';
import type { Condition, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '#api/schema/kinds.generated';
import { formatTime } from '#api/time';

// An eviction whose deletion has not been seen by then did not happen.
const DISRUPTION_MS = 2 * 60_000;

export interface BudgetView {
  budget: PodDisruptionBudget;
  /** All that it selects. */
  pods: Pod[];
  /** How many pods the controllers of these want together. */
  wanted: number;
  nowMs: number;
}

/** How many pods may be evicted now. What is being evicted already counts as gone before it is. */
export function budgetStatus({ budget, pods, wanted, nowMs }: BudgetView): PodDisruptionBudgetStatus {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  const disrupted = pendingDisruptions(budget, pods, nowMs);
  const currentHealthy = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && isPodReady(pod) && disrupted[pod.metadata.name ?? ''] === undefined).length;
  const isPlainCount = maxUnavailable === undefined && typeof minAvailable === 'number';
  const expectedPods = isPlainCount ? pods.length : wanted;
  const desiredHealthy = maxUnavailable === undefined ? scaledValue(minAvailable, expectedPods, 'up') : Math.max(0, expectedPods - scaledValue(maxUnavailable, expectedPods, 'up'));
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  return {
    currentHealthy,
    desiredHealthy,
    expectedPods,
    disruptionsAllowed,
    observedGeneration: budget.metadata.generation ?? 0,
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    conditions: withAllowance(budget, disruptionsAllowed, nowMs),
  };
}

/** When the first of the evictions that were noted is given up; undefined: none is. */
export function nextForgettingMs({ disruptedPods = {} }: PodDisruptionBudgetStatus, nowMs: number): number | undefined {
  const times = Object.values(disruptedPods).map((time) => timestampMs(time) + DISRUPTION_MS - nowMs);
  return times.length === 0 ? undefined : Math.max(1_000, Math.min(...times));
}

function pendingDisruptions({ status }: PodDisruptionBudget, pods: Pod[], nowMs: number): Record<string, string> {
  const isPending = ([name, since]: [string, string]): boolean =>
    timestampMs(since) + DISRUPTION_MS > nowMs && pods.some(({ metadata }) => metadata.name === name && metadata.deletionTimestamp === undefined);
  return Object.fromEntries(Object.entries(status?.disruptedPods ?? {}).filter(isPending));
}

function withAllowance({ metadata, status }: PodDisruptionBudget, allowed: number, nowMs: number): Condition[] {
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: allowed > 0 ? 'True' : 'False',
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    lastTransitionTime: formatTime(nowMs),
    observedGeneration: metadata.generation ?? 0,
  };
  const current = findCondition(status?.conditions, condition.type);
  return withCondition(status?.conditions, current === undefined ? condition : { ...current, ...condition });
}
