import type { LabelSelector, Pod, PodAffinityTerm } from '../schema/kinds.generated.ts';

/**
 * `matchLabelKeys` names labels whose values the pod itself brings: at its creation they become part of the selectors, which from
 * then on say it all.
 */
export function mergeLabelKeys({ metadata, spec }: Pod): void {
  const labels = metadata.labels ?? {};
  for (const { labelSelector, matchLabelKeys } of spec?.topologySpreadConstraints ?? []) merge(labelSelector, matchLabelKeys, { labels, operator: 'In' });
  for (const affinity of [spec?.affinity?.podAffinity, spec?.affinity?.podAntiAffinity]) {
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    [...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)].forEach((term) => mergeTerm(term, labels));
  }
}

function mergeTerm({ labelSelector, matchLabelKeys, mismatchLabelKeys }: PodAffinityTerm, labels: Record<string, string>): void {
  merge(labelSelector, matchLabelKeys, { labels, operator: 'In' });
  merge(labelSelector, mismatchLabelKeys, { labels, operator: 'NotIn' });
}

function merge(selector: LabelSelector | undefined, keys: string[] | undefined, how: { labels: Record<string, string>; operator: string }): void {
  if (!selector || !keys) return;
  const added = keys.flatMap((key) => {
    const value = how.labels[key];
    return value === undefined ? [] : [{ key, operator: how.operator, values: [value] }];
  });
  if (added.length > 0) selector.matchExpressions = [...(selector.matchExpressions ?? []), ...added];
}
