import type { Job, Pod, PodFailurePolicyRule } from '#api/schema/kinds.generated';

export interface FailureVerdict {
  action: 'Count' | 'Ignore' | 'FailJob' | 'FailIndex';
  message?: string;
}

/** What a failed pod means for its job: the first rule that matches says it, else it counts towards the limit. */
export function judgeFailure({ spec }: Job, pod: Pod): FailureVerdict {
  if (pod.status?.phase !== 'Failed') return { action: 'Count' };
  for (const [i, rule] of (spec?.podFailurePolicy?.rules ?? []).entries()) {
    const what = matchedBy(rule, pod);
    if (what !== undefined) return { action: rule.action as FailureVerdict['action'], message: `${what} matching ${rule.action} rule at index ${i}` };
  }
  return { action: 'Count' };
}

function matchedBy({ onExitCodes, onPodConditions }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const { namespace, name } = pod.metadata;
  if (onExitCodes !== undefined) {
    const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    for (const { name: container, state } of statuses) {
      const exitCode = state?.terminated?.exitCode ?? 0;
      if (exitCode === 0 || (onExitCodes.containerName !== undefined && onExitCodes.containerName !== container)) continue;
      if (onExitCodes.values.includes(exitCode) === (onExitCodes.operator === 'In')) return `Container ${container} for pod ${namespace}/${name} failed with exit code ${exitCode}`;
    }
  }
  const conditions = pod.status?.conditions ?? [];
  const found = onPodConditions?.find(({ type, status }) => conditions.some((condition) => condition.type === type && condition.status === status));
  return found === undefined ? undefined : `Pod ${namespace}/${name} has condition ${found.type}`;
}
