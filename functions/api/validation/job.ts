import { duplicate, invalid, invalidWithoutValue, notSupported, required, tooLong, tooMany, type FieldError } from '../field-error.ts';
import { isEqual } from '../equal.ts';
import type { ObjectMeta } from '../object.ts';
import type { Job, JobSpec, PodFailurePolicyRule, PodFailurePolicyOnExitCodesRequirement, SuccessPolicyRule } from '../schema/kinds.generated.ts';
import { isEmptySelector, selectorMatches, validateLabelSelector } from './label-selector.ts';
import { dns1123Label, qualifiedName, utf8Length } from './names.ts';
import { nonNegative } from './numbers.ts';
import { validatePodTemplate } from './pod-spec.ts';
import { validateDomainPrefixedPath } from './references.ts';
import { indexesOf, type IndexesProblem } from './succeeded-indexes.ts';

const MAX_INDEXED_PARALLELISM = 100_000;
const MAX_FAILED_INDEXES = 100_000;
const MANY_COMPLETIONS = 100_000;
const MAX_WITH_MANY = 10_000;
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_PATTERNS = 20;
const MAX_MANAGED_BY = 63;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

export function validateJob({ metadata, spec = { template: {} } }: Job): FieldError[] {
  return [...validateJobSpec(spec, 'spec'), ...selectorErrors(spec, 'spec'), ...hostnameErrors(metadata.name ?? '', spec)];
}

export const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';

/** What tells a Job's pods apart, under the names of two generations. */
export function generatedLabels({ uid = '', name = '' }: ObjectMeta): Record<string, string> & { [CONTROLLER_UID]: string } {
  return { [CONTROLLER_UID]: uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
}

/** That a new Job selects its own pods, unless it says that it selects by hand. */
export function validateGeneratedSelector({ metadata, spec }: Job): FieldError[] {
  if (!spec || spec.manualSelector) return [];
  const { template: { metadata: { labels = {} } = {} }, selector } = spec;
  const own = generatedLabels(metadata);
  const errors = Object.entries(own).flatMap(([key, value]) => (labels[key] === value ? [] : [invalid(`spec.template.metadata.labels[${key}]`, labels, `must be '${value}'`)]));
  if (isEqual(selector, { matchLabels: { [CONTROLLER_UID]: own[CONTROLLER_UID] } })) return errors;
  return [...errors, invalid('spec.selector', selector, '`selector` not auto-generated')];
}

/** Of a Job, and of those that a CronJob makes (which have no selector yet). */
export function validateJobSpec(spec: JobSpec, path: string): FieldError[] {
  const counts = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const;
  return [
    ...counts.flatMap((field) => nonNegative(`${path}.${field}`, spec[field])),
    ...managerErrors(spec.managedBy, `${path}.managedBy`),
    ...modeErrors(spec, path),
    ...failurePolicyErrors(spec, `${path}.podFailurePolicy`),
    ...successPolicyErrors(spec, `${path}.successPolicy`),
    ...replacementErrors(spec, `${path}.podReplacementPolicy`),
    ...validatePodTemplate(spec.template, `${path}.template`),
    ...restartErrors(spec, `${path}.template.spec.restartPolicy`),
  ];
}

function managerErrors(manager: string | undefined, field: string): FieldError[] {
  if (manager === undefined) return [];
  const errors = validateDomainPrefixedPath(field, manager);
  return utf8Length(manager) > MAX_MANAGED_BY ? [...errors, tooLong(field, MAX_MANAGED_BY)] : errors;
}

function modeErrors(spec: JobSpec, path: string): FieldError[] {
  const { completionMode: mode, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const errors: FieldError[] = [];
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') errors.push(notSupported(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']));
  if (mode === 'Indexed') errors.push(...indexedErrors(spec, path));
  if (mode === 'NonIndexed' && backoffLimitPerIndex !== undefined) errors.push(invalid(`${path}.backoffLimitPerIndex`, backoffLimitPerIndex, 'requires indexed completion mode'));
  if (backoffLimitPerIndex === undefined && maxFailedIndexes !== undefined) errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  return errors;
}

function indexedErrors({ completions, parallelism = 0, backoffLimitPerIndex, maxFailedIndexes }: JobSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (completions === undefined) errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  if (parallelism > MAX_INDEXED_PARALLELISM) errors.push(invalid(`${path}.parallelism`, parallelism, `must be less than or equal to ${MAX_INDEXED_PARALLELISM} when completion mode is Indexed`));
  if (maxFailedIndexes !== undefined && completions !== undefined && maxFailedIndexes > completions) {
    errors.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'));
  }
  if (maxFailedIndexes !== undefined && maxFailedIndexes > MAX_FAILED_INDEXES) errors.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, `must be less than or equal to ${MAX_FAILED_INDEXES}`));
  if ((completions ?? 0) <= MANY_COMPLETIONS || backoffLimitPerIndex === undefined) return errors;
  if (maxFailedIndexes === undefined) errors.push(required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`));
  const many = `must be less than or equal to ${MAX_WITH_MANY} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (parallelism > MAX_WITH_MANY) errors.push(invalid(`${path}.parallelism`, parallelism, many));
  if ((maxFailedIndexes ?? 0) > MAX_WITH_MANY) errors.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, many));
  return errors;
}

function failurePolicyErrors(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const errors: FieldError[] = rules.length > MAX_RULES ? [tooMany(`${path}.rules`, rules.length, MAX_RULES)] : [];
  const names = new Set([...(spec.template?.spec?.containers ?? []), ...(spec.template?.spec?.initContainers ?? [])].map(({ name }) => name));
  return [...errors, ...rules.flatMap((rule, i) => failureRuleErrors(rule, `${path}.rules[${i}]`, { spec, names }))];
}

function failureRuleErrors(rule: PodFailurePolicyRule, path: string, { spec, names }: { spec: JobSpec; names: ReadonlySet<string> }): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const errors: FieldError[] = [];
  if (!action) errors.push(required(`${path}.action`, 'valid values: ["Count" "FailIndex" "FailJob" "Ignore"]'));
  else if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) errors.push(invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  else if (!ACTIONS.includes(action)) errors.push(notSupported(`${path}.action`, action, ACTIONS));
  if (onExitCodes) errors.push(...exitCodeErrors(onExitCodes, `${path}.onExitCodes`, names));
  errors.push(...patternErrors(onPodConditions, `${path}.onPodConditions`));
  if (onExitCodes && onPodConditions.length > 0) errors.push(invalidWithoutValue(path, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!onExitCodes && onPodConditions.length === 0) errors.push(invalidWithoutValue(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

function exitCodeErrors({ containerName, operator, values = [] }: PodFailurePolicyOnExitCodesRequirement, path: string, names: ReadonlySet<string>): FieldError[] {
  const errors: FieldError[] = [];
  if (!operator) errors.push(required(`${path}.operator`, 'valid values: ["In" "NotIn"]'));
  else if (!OPERATORS.includes(operator)) errors.push(notSupported(`${path}.operator`, operator, OPERATORS));
  if (containerName !== undefined && !names.has(containerName)) errors.push(invalid(`${path}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template'));
  if (values.length === 0) errors.push(invalid(`${path}.values`, values, 'at least one value is required'));
  if (values.length > MAX_EXIT_CODES) errors.push(tooMany(`${path}.values`, values.length, MAX_EXIT_CODES));
  const seen = new Set<number>();
  let isOrdered = true;
  for (const [i, code] of values.entries()) {
    if (operator === 'In' && code === 0) errors.push(invalid(`${path}.values[${i}]`, code, 'must not be 0 for the In operator'));
    if (i > 0 && (values[i - 1] ?? 0) > code) isOrdered = false;
    if (seen.has(code)) errors.push(duplicate(`${path}.values[${i}]`, code));
    seen.add(code);
  }
  return isOrdered ? errors : [...errors, invalid(`${path}.values`, values, 'must be ordered')];
}

function patternErrors(patterns: NonNullable<PodFailurePolicyRule['onPodConditions']>, path: string): FieldError[] {
  const errors: FieldError[] = patterns.length > MAX_PATTERNS ? [tooMany(path, patterns.length, MAX_PATTERNS)] : [];
  return [
    ...errors,
    ...patterns.flatMap(({ type = '', status }, i) => {
      const at = `${path}[${i}]`;
      const found = qualifiedName(type).map((text) => invalid(`${at}.type`, type, text));
      if (!status) return [...found, required(`${at}.status`, 'valid values: ["False" "True" "Unknown"]')];
      return STATUSES.includes(status) ? found : [...found, notSupported(`${at}.status`, status, STATUSES)];
    }),
  ];
}

function successPolicyErrors(spec: JobSpec, path: string): FieldError[] {
  const policy = spec.successPolicy;
  if (!policy) return [];
  if (spec.completionMode !== 'Indexed') return [invalid(path, { Rules: goRules(policy.rules ?? []) }, 'requires indexed completion mode')];
  const rules = policy.rules ?? [];
  if (rules.length === 0) return [required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified')];
  const errors: FieldError[] = rules.length > MAX_RULES ? [tooMany(`${path}.rules`, rules.length, MAX_RULES)] : [];
  return [...errors, ...rules.flatMap((rule, i) => successRuleErrors(rule, `${path}.rules[${i}]`, spec.completions ?? 0))];
}

function successRuleErrors({ succeededIndexes, succeededCount }: SuccessPolicyRule, path: string, completions: number): FieldError[] {
  if (succeededIndexes === undefined && succeededCount === undefined) return [required(path, 'at least one of succeededCount or succeededIndexes must be specified')];
  const errors: FieldError[] = [];
  const indexes = succeededIndexes === undefined ? undefined : indexesOf(succeededIndexes, completions);
  if (isProblem(indexes)) errors.push(invalid(`${path}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${indexes.problem}`));
  if (succeededCount === undefined) return errors;
  const field = `${path}.succeededCount`;
  errors.push(...nonNegative(field, succeededCount));
  const total = isProblem(indexes) ? 0 : indexes;
  if (succeededCount > completions) errors.push(invalid(field, succeededCount, `must be less than or equal to ${completions} (the number of specified completions)`));
  if (total !== undefined && succeededCount > total) errors.push(invalid(field, succeededCount, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`));
  return errors;
}

function isProblem(indexes: number | IndexesProblem | undefined): indexes is IndexesProblem {
  return typeof indexes === 'object';
}

function goRules(rules: SuccessPolicyRule[]): unknown[] {
  return rules.map(({ succeededIndexes, succeededCount }) => ({ SucceededIndexes: succeededIndexes ?? null, SucceededCount: succeededCount ?? null }));
}

function replacementErrors({ podReplacementPolicy: policy, podFailurePolicy }: JobSpec, field: string): FieldError[] {
  const supported = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  return policy === undefined || supported.includes(policy) ? [] : [notSupported(field, policy, supported)];
}

function restartErrors({ template, podFailurePolicy }: JobSpec, field: string): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? '';
  const errors: FieldError[] = [];
  if (policy === '' || policy === 'Always') errors.push(required(field, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.push(notSupported(field, policy, ['OnFailure', 'Never']));
  if (podFailurePolicy && policy !== 'Never') errors.push(invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified'));
  return errors;
}

function selectorErrors({ selector, template }: JobSpec, path: string): FieldError[] {
  const labels = template?.metadata?.labels;
  const mismatch = invalid(`${path}.template.metadata.labels`, labels ?? null, '`selector` does not match template `labels`');
  if (!selector) return [required(`${path}.selector`), mismatch];
  const errors = validateLabelSelector(selector, `${path}.selector`);
  return errors.length > 0 || isEmptySelector(selector) || selectorMatches(selector, labels ?? {}) ? errors : [mismatch];
}

// An indexed Job's pods have their number behind its name as their host's name.
function hostnameErrors(name: string, { completionMode, completions = 0 }: JobSpec): FieldError[] {
  if (completionMode !== 'Indexed' || completions <= 0) return [];
  const longest = `${name}-${completions - 1}`;
  return dns1123Label(longest).length > 0 ? [invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${longest}`)] : [];
}
