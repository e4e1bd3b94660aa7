import { forbidden, invalid, required, type FieldError } from '../field-error.ts';
import type { Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinity, PodAffinityTerm } from '../schema/kinds.generated.ts';
import { validateLabelSelector } from './label-selector.ts';
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from './names.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: Affinity | undefined, path: string): FieldError[] {
  if (!affinity) return [];
  return [
    ...(affinity.nodeAffinity ? nodeAffinityErrors(affinity.nodeAffinity, `${path}.nodeAffinity`) : []),
    ...(affinity.podAffinity ? podAffinityErrors(affinity.podAffinity, `${path}.podAffinity`) : []),
    ...(affinity.podAntiAffinity ? podAffinityErrors(affinity.podAntiAffinity, `${path}.podAntiAffinity`) : []),
  ];
}

export function validateNodeSelector(selector: NodeSelector, path: string): FieldError[] {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return [required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => termErrors(term, `${path}.nodeSelectorTerms[${i}]`));
}

function nodeAffinityErrors(affinity: NodeAffinity, path: string): FieldError[] {
  const must = affinity[REQUIRED];
  return [
    ...(must ? validateNodeSelector(must, `${path}.${REQUIRED}`) : []),
    ...(affinity[PREFERRED] ?? []).flatMap(({ weight, preference }, i) => [
      ...weightErrors(weight, `${path}.${PREFERRED}[${i}].weight`),
      ...termErrors(preference ?? {}, `${path}.${PREFERRED}[${i}].preference`, false),
    ]),
  ];
}

function podAffinityErrors(affinity: PodAffinity, path: string): FieldError[] {
  return [
    ...(affinity[REQUIRED] ?? []).flatMap((term, i) => podTermErrors(term, `${path}.${REQUIRED}[${i}]`)),
    ...(affinity[PREFERRED] ?? []).flatMap(({ weight, podAffinityTerm }, i) => [
      ...weightErrors(weight, `${path}.${PREFERRED}[${i}].weight`),
      ...podTermErrors(podAffinityTerm ?? {}, `${path}.${PREFERRED}[${i}].podAffinityTerm`),
    ]),
  ];
}

function weightErrors(weight: number | undefined, field: string): FieldError[] {
  return (weight ?? 0) >= 1 && (weight ?? 0) <= 100 ? [] : [invalid(field, weight ?? 0, 'must be in the range 1-100')];
}

// A preference for a value that no label can have is let pass: it prefers nothing.
function termErrors(term: NodeSelectorTerm, path: string, areValuesJudged = true): FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((requirement, i) => [
      ...expressionErrors(requirement, `${path}.matchExpressions[${i}]`),
      ...(areValuesJudged ? valueErrors(requirement, `${path}.matchExpressions[${i}].values`) : []),
    ]),
    ...(term.matchFields ?? []).flatMap((requirement, i) => fieldErrors(requirement, `${path}.matchFields[${i}]`)),
  ];
}

function expressionErrors({ key = '', operator = '', values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) errors.push(required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else {
    errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  return [...errors, ...qualifiedName(key).map((text) => invalid(`${path}.key`, key, text))];
}

function valueErrors({ values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  return values.flatMap((value, i) => labelValue(value).map((text) => invalid(`${path}[${i}]`, value, text)));
}

function fieldErrors({ key = '', operator = '', values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  else if (values.length !== 1) errors.push(required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  if (key !== 'metadata.name') return [...errors, invalid(`${path}.key`, key, 'not a valid field selector key')];
  return [...errors, ...values.flatMap((value, i) => dns1123Subdomain(value).map((text) => invalid(`${path}.values[${i}]`, value, text)))];
}

function podTermErrors(term: Partial<PodAffinityTerm>, path: string): FieldError[] {
  const errors = [...validateLabelSelector(term.labelSelector, `${path}.labelSelector`), ...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`)];
  errors.push(...(term.namespaces ?? []).flatMap((namespace) => dns1123Label(namespace).map((text) => invalid(`${path}.namespace`, namespace, text))));
  errors.push(...labelKeyErrors(term, path));
  if (!term.topologyKey) errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  return [...errors, ...qualifiedName(term.topologyKey ?? '').map((text) => invalid(`${path}.topologyKey`, term.topologyKey ?? '', text))];
}

function labelKeyErrors({ labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: Partial<PodAffinityTerm>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [field, keys] of [['matchLabelKeys', matchLabelKeys], ['mismatchLabelKeys', mismatchLabelKeys]] as const) {
    if (keys.length > 0 && !labelSelector) errors.push(forbidden(`${path}.${field}`, 'must not be specified when labelSelector is not set'));
    errors.push(...keys.flatMap((key, i) => qualifiedName(key).map((text) => invalid(`${path}.${field}[${i}]`, key, text))));
  }
  for (const [i, key] of matchLabelKeys.entries()) {
    if (mismatchLabelKeys.includes(key)) errors.push(invalid(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  }
  return errors;
}

