import type { Node, NodeSelector, NodeSelectorTerm, Pod } from '#api/schema/kinds.generated';
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

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

// Gt and Lt compare integers.
function requirementMatches({ key, operator, values = [] }: Requirement, labels: Record<string, string>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return isInteger(value) && isInteger(values[0]) && Number(value) > Number(values[0]);
    case 'Lt':
      return isInteger(value) && isInteger(values[0]) && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

function isInteger(text: string | undefined): boolean {
  return text !== undefined && /^[+-]?\d+$/.test(text);
}
