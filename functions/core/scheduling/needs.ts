import { claimNamesOf } from '../volumes/pod-claims.ts';
import type { Pod, PodAffinityTerm } from '#api/schema/kinds.generated';

/** Whether deciding about these pods asks for the cluster's storage. */
export function needStorage(pods: Pod[]): boolean {
  return pods.some((pod) => claimNamesOf(pod).length > 0);
}

/** Whether somebody's terms select namespaces by their labels. */
export function needNamespaces(pods: Pod[]): boolean {
  return pods.some((pod) => affinityTerms(pod).some(({ namespaceSelector }) => namespaceSelector !== undefined));
}

/** All that a pod says of being near others or not, required and preferred. */
export function affinityTerms({ spec }: Pod): PodAffinityTerm[] {
  return [spec?.affinity?.podAffinity, spec?.affinity?.podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
}
