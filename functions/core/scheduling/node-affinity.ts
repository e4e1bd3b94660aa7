import type { Node, NodeSelector, NodeSelectorTerm, Pod } from '#api/schema/kinds.generated';
import { meetsSetRequirement, ownLabel, type SetRequirement } from '#api/selectors/set-requirement';
import { labelsInclude } from '../label-selector.ts';

/** spec.nodeSelector and the required node affinity. */
export function nodeAffinityMatches(pod: Pod, node: Node): boolean {
  if (!labelsInclude(pod.spec?.nodeSelector, node.metadata.labels)) return false;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || nodeSelectorMatches(required, node);
}

/** Terms are alternatives. */
export function nodeSelectorMatches({ nodeSelectorTerms }: NodeSelector, node: Node): boolean {
  return (nodeSelectorTerms ?? []).some((term) => termMatches(term, node));
}

/** Sum of the weights of the preferred terms that the node matches. */
export function preferredNodeWeight(pod: Pod, node: Node): number {
  const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return preferred.reduce((sum, { weight, preference }) => (termMatches(preference, node) ? sum + weight : sum), 0);
}

// A term without requirements matches nothing.
function termMatches(term: NodeSelectorTerm, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  const named = { 'metadata.name': node.metadata.name ?? '' };
  return expressions.every((requirement) => requirementMatches(requirement, labels)) && fields.every((requirement) => requirementMatches(requirement, named));
}

// Gt and Lt compare integers.
function requirementMatches(requirement: SetRequirement, labels: Record<string, string>): boolean {
  const { key, operator, values = [] } = requirement;
  if (operator !== 'Gt' && operator !== 'Lt') return meetsSetRequirement(requirement, labels);
  const [have, bound] = [ownLabel(labels, key), values[0]];
  if (!isInteger(have) || !isInteger(bound)) return false;
  return operator === 'Gt' ? Number(have) > Number(bound) : Number(have) < Number(bound);
}

function isInteger(text: string | undefined): boolean {
  return text !== undefined && /^[+-]?\d+$/.test(text);
}
