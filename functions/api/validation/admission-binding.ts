import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { MatchResources, MutatingAdmissionPolicyBinding, NamedRuleWithOperations, ParamRef, ValidatingAdmissionPolicyBinding } from '../schema/kinds.generated.ts';
import { validateLabelSelector } from './label-selector.ts';
import { dns1123Subdomain, pathSegmentName } from './names.ts';
import { requiredName } from './references.ts';
import { validateRule } from './webhooks.ts';

const MUTATED = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const ACTIONS = ['Audit', 'Deny', 'Warn'];

export function validateValidatingBinding({ spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
  const actions = spec?.validationActions ?? [];
  const errors = bindingErrors(spec);
  if (actions.length === 0) errors.push(required('spec.validationActions', 'at least one validation action is required'));
  for (const [i, action] of actions.entries()) {
    if (!ACTIONS.includes(action)) errors.push(notSupported(`spec.validationActions[${i}]`, action, ACTIONS));
    else if (actions.indexOf(action) < i) errors.push(duplicate(`spec.validationActions[${i}]`, action));
  }
  if (actions.includes('Deny') && actions.includes('Warn')) errors.push(invalid('spec.validationActions', actions, 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'));
  return errors;
}

export function validateMutatingBinding({ spec }: MutatingAdmissionPolicyBinding): FieldError[] {
  // What is deleted is not changed any more. The real server names no index here, and does not ask this of what is excluded.
  const wrong = (spec?.matchResources?.resourceRules ?? []).flatMap(({ operations = [] }) => operations.filter((operation) => !MUTATED.includes(operation)));
  return [...bindingErrors(spec), ...wrong.map((operation) => notSupported('spec.matchResources.resourceRules.operations', operation, MUTATED))];
}

function bindingErrors(spec: { policyName?: string; paramRef?: ParamRef; matchResources?: MatchResources } | undefined): FieldError[] {
  const { policyName, paramRef, matchResources } = spec ?? {};
  return [
    ...requiredName('spec.policyName', policyName, dns1123Subdomain),
    ...(paramRef ? parameterErrors(paramRef, 'spec.paramRef') : []),
    ...(matchResources ? matchErrors(matchResources, 'spec.matchResources') : []),
  ];
}

function parameterErrors({ name, selector, parameterNotFoundAction: action }: ParamRef, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (name) errors.push(...pathSegmentName(name).map((text) => invalid(`${path}.name`, name, text)));
  if (name && selector) errors.push(forbidden(`${path}.name`, 'name and selector are mutually exclusive'));
  if (!name && !selector) errors.push(required(path, 'one of name or selector must be specified'));
  errors.push(...validateLabelSelector(selector, `${path}.selector`));
  if (!action) return [...errors, required(`${path}.parameterNotFoundAction`)];
  return ['Allow', 'Deny'].includes(action) ? errors : [...errors, notSupported(`${path}.parameterNotFoundAction`, action, ['Deny', 'Allow'])];
}

function matchErrors({ resourceRules = [], excludeResourceRules = [], namespaceSelector, objectSelector, matchPolicy }: MatchResources, path: string): FieldError[] {
  const errors: FieldError[] = matchPolicy === undefined || ['Equivalent', 'Exact'].includes(matchPolicy) ? [] : [notSupported(`${path}.matchPolicy`, matchPolicy, ['Equivalent', 'Exact'])];
  return [
    ...errors,
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
    ...validateLabelSelector(objectSelector, `${path}.objectSelector`),
    ...resourceRules.flatMap((rule, i) => namedRuleErrors(rule, `${path}.resourceRules[${i}]`)),
    ...excludeResourceRules.flatMap((rule, i) => namedRuleErrors(rule, `${path}.excludeResourceRules[${i}]`)),
  ];
}

function namedRuleErrors(rule: NamedRuleWithOperations, path: string): FieldError[] {
  const names = rule.resourceNames ?? [];
  return [
    ...validateRule(rule, path),
    ...names.flatMap((name, i) => [
      ...pathSegmentName(name).map((text) => invalid(`${path}.resourceNames[${i}]`, name, text)),
      ...(names.indexOf(name) < i ? [duplicate(`${path}.resourceNames[${i}]`, name)] : []),
    ]),
  ];
}
