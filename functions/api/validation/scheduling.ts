import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { PodSchedulingGate, Toleration, TopologySpreadConstraint } from '../schema/kinds.generated.ts';
import { validateLabelSelector } from './label-selector.ts';
import { labelValue, qualifiedName } from './names.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const OPERATORS = ['Equal', 'Exists'];
const POLICIES = ['Honor', 'Ignore'];

export function validateTolerations(tolerations: Toleration[], path: string): FieldError[] {
  return tolerations.flatMap((toleration, i) => tolerationErrors(toleration, `${path}[${i}]`));
}

/** Where each must stand for itself; for how long is no difference. */
export function repeatedTolerations(tolerations: Toleration[], path: string): FieldError[] {
  const keyOf = ({ key = '', operator = '', value = '', effect = '' }: Toleration): string => JSON.stringify([key, operator, value, effect]);
  const keys = tolerations.map(keyOf);
  return tolerations.flatMap(({ key = '', operator = '', value = '', effect = '', tolerationSeconds = null }, i) =>
    keys.indexOf(keys[i] ?? '') < i ? [duplicate(`${path}[${i}]`, { Key: key, Operator: operator, Value: value, Effect: effect, TolerationSeconds: tolerationSeconds })] : [],
  );
}

export function validateTopologySpread(constraints: TopologySpreadConstraint[], path: string): FieldError[] {
  const pairOf = ({ topologyKey = '', whenUnsatisfiable = '' }: Partial<TopologySpreadConstraint>) => `{${topologyKey}, ${whenUnsatisfiable}}`;
  return constraints.flatMap((constraint, i) => {
    const at = `${path}[${i}]`;
    const errors = spreadErrors(constraint, at);
    const pair = pairOf(constraint);
    // The earlier one of two is blamed.
    if (constraints.slice(i + 1).some((other) => pairOf(other) === pair)) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair));
    return [...errors, ...matchLabelKeyErrors(constraint, at), ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`)];
  });
}

export function validateSchedulingGates(gates: PodSchedulingGate[], path: string): FieldError[] {
  const names = new Set<string>();
  return gates.flatMap(({ name = '' }, i) => {
    const errors = qualifiedName(name).map((text) => invalid(`${path}[${i}]`, name, text));
    if (names.has(name)) errors.push(duplicate(`${path}[${i}]`, name));
    names.add(name);
    return errors;
  });
}

function tolerationErrors({ key = '', operator = '', value = '', effect = '', tolerationSeconds }: Toleration, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (key !== '') errors.push(...qualifiedName(key).map((text) => invalid(`${path}.key`, key, text)));
  if (key === '' && operator !== 'Exists') errors.push(invalid(`${path}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'));
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') errors.push(invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  if (operator === '' || operator === 'Equal') errors.push(...labelValue(value).map((text) => invalid(`${path}.operator`, value, text)));
  else if (operator === 'Exists') errors.push(...(value === '' ? [] : [invalid(`${path}.operator`, value, 'value must be empty when `operator` is \'Exists\'')]));
  else errors.push(notSupported(`${path}.operator`, operator, operator === 'Lt' || operator === 'Gt' ? [...OPERATORS, 'Lt', 'Gt'] : OPERATORS));
  if (effect !== '' && !EFFECTS.includes(effect)) errors.push(notSupported(`${path}.effect`, effect, EFFECTS));
  return errors;
}

function spreadErrors(constraint: TopologySpreadConstraint, path: string): FieldError[] {
  const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', minDomains } = constraint;
  const errors: FieldError[] = [];
  if (maxSkew <= 0) errors.push(invalid(`${path}.maxSkew`, maxSkew, 'must be greater than zero'));
  if (topologyKey === '') errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') {
    errors.push(notSupported(`${path}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']));
  }
  if (minDomains !== undefined && minDomains <= 0) errors.push(invalid(`${path}.minDomains`, minDomains, 'must be greater than zero'));
  if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule') {
    errors.push(invalid(`${path}.minDomains`, minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`));
  }
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    const policy = constraint[field];
    if (policy !== undefined && !POLICIES.includes(policy)) errors.push(notSupported(`${path}.${field}`, policy, POLICIES));
  }
  return errors;
}

function matchLabelKeyErrors({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, path: string): FieldError[] {
  if (matchLabelKeys.length > 0 && !labelSelector) {
    return [forbidden(`${path}.matchLabelKeys`, 'must not be specified when labelSelector is not set')];
  }
  return matchLabelKeys.flatMap((key, i) => qualifiedName(key).map((text) => invalid(`${path}.matchLabelKeys[${i}]`, key, text)));
}
