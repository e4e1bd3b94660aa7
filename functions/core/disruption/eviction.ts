import { isPodFinished, isPodReady } from '../pod-state.ts';
import type { Pod, PodDisruptionBudget } from '#api/schema/kinds.generated';
import { labelSelectorOf } from '#api/selectors/labels';
import { formatTime } from '#api/time';

/** `refuse`: why, as the cause of the refusal says it. */
export type EvictionVerdict = { allow: 'freely' } | { allow: 'counted'; budget: PodDisruptionBudget } | { refuse: string } | { refuse: 'several' };

/** Whether a pod may be evicted, given the budgets of its namespace. Who serves nobody is no disruption. */
export function judgeEviction(pod: Pod, budgets: PodDisruptionBudget[]): EvictionVerdict {
  if (isPodFinished(pod) || pod.status?.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined) return { allow: 'freely' };
  const [budget, another] = budgetsOf(pod, budgets);
  if (budget === undefined) return { allow: 'freely' };
  if (another !== undefined) return { refuse: 'several' };
  const name = budget.metadata.name ?? '';
  if (!isPodReady(pod) && mayLoseUnready(budget)) return { allow: 'freely' };
  const { currentHealthy = 0, desiredHealthy = 0, disruptionsAllowed = 0, observedGeneration = 0 } = budget.status ?? {};
  if (observedGeneration < (budget.metadata.generation ?? 0)) return { refuse: `The disruption budget ${name} is still being processed by the server.` };
  if (disruptionsAllowed > 0) return { allow: 'counted', budget };
  return { refuse: `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently` };
}

function mayLoseUnready({ spec, status }: PodDisruptionBudget): boolean {
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0);
}

export function budgetsOf({ metadata }: Pod, budgets: PodDisruptionBudget[]): PodDisruptionBudget[] {
  return budgets.filter((budget) => budget.metadata.namespace === metadata.namespace && labelSelectorOf(budget.spec?.selector).matches(metadata.labels));
}

/** One fewer is allowed from now on, whatever becomes of the pod. */
export function withDisruption(budget: PodDisruptionBudget, pod: Pod, nowMs: number): PodDisruptionBudget {
  const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0, disruptionsAllowed = 0, ...status } = budget.status ?? {};
  const disruptedPods = { ...budget.status?.disruptedPods, [pod.metadata.name ?? '']: formatTime(nowMs) };
  return { ...budget, status: { ...status, currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods } };
}
