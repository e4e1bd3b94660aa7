import type { LabelSelector } from '#api/schema/kinds.generated';

/** metav1.LabelSelector over an object's labels. An empty selector matches everything, an absent one nothing. */
export function selectorMatches(selector: LabelSelector | undefined, labels: Record<string, string> | undefined): boolean {
  if (selector === undefined) return false;
  if (!labelsInclude(selector.matchLabels, labels)) return false;
  return (selector.matchExpressions ?? []).every((requirement) => requirementMatches(requirement, labels ?? {}));
}

/** An equality selector, as Services have it. */
export function labelsInclude(wanted: Record<string, string> | undefined, labels: Record<string, string> | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);
}

export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
}

export interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

/** Also the node selectors' operators: Gt and Lt compare integers. */
export function requirementMatches({ key, operator, values = [] }: Requirement, labels: Record<string, string>): boolean {
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
