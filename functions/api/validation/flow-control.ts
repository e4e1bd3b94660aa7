import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { Subject, FlowSchema, LimitedPriorityLevelConfiguration, NonResourcePolicyRule, PolicyRulesWithSubjects, PriorityLevelConfiguration, QueuingConfiguration, ResourcePolicyRule } from '../schema/kinds.generated.ts';
import { dns1123Label, dns1123Subdomain } from './names.ts';
import { between, nonNegative } from './numbers.ts';
import { requiredName } from './references.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const SUBJECT_KINDS = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const;
const MAX_PRECEDENCE = 10_000;
const MAX_QUEUES = 10_000_000;
const MAX_ENTROPY_BITS = 60;

export function validateFlowSchema({ metadata, spec }: FlowSchema): FieldError[] {
  const { matchingPrecedence = 0, distinguisherMethod, priorityLevelConfiguration, rules = [] } = spec ?? {};
  const errors: FieldError[] = [];
  if (matchingPrecedence <= 0) errors.push(invalid('spec.matchingPrecedence', matchingPrecedence, 'must be a positive value'));
  if (matchingPrecedence > MAX_PRECEDENCE) errors.push(invalid('spec.matchingPrecedence', matchingPrecedence, `must not be greater than ${MAX_PRECEDENCE}`));
  if (matchingPrecedence === 1 && metadata.name !== 'exempt') errors.push(invalid('spec.matchingPrecedence', matchingPrecedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  if (distinguisherMethod && !['ByNamespace', 'ByUser'].includes(distinguisherMethod.type)) {
    errors.push(notSupported('spec.distinguisherMethod.type', { Type: distinguisherMethod.type ?? '' }, ['ByNamespace', 'ByUser']));
  }
  const level = priorityLevelConfiguration?.name;
  if (!level) errors.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'));
  else errors.push(...dns1123Subdomain(level).map((text) => invalid('spec.priorityLevelConfiguration.name', level, text)));
  return [...errors, ...rules.flatMap((rule, i) => ruleErrors(rule, `spec.rules[${i}]`))];
}

export function validatePriorityLevelConfiguration({ spec = {} as PriorityLevelConfiguration['spec'] }: PriorityLevelConfiguration): FieldError[] {
  const { type, limited, exempt } = spec ?? {};
  if (type === 'Limited') {
    const errors = exempt ? [forbidden('spec.exempt', 'must be nil if the type is Limited')] : [];
    return limited ? [...errors, ...limitedErrors(limited, 'spec.limited')] : [...errors, required('spec.limited', 'must not be empty when type is Limited')];
  }
  if (type === 'Exempt') return limited ? [forbidden('spec.limited', 'must be nil if the type is not Limited')] : [];
  return type ? [notSupported('spec.type', type, ['Exempt', 'Limited'])] : [required('spec.type')];
}

function ruleErrors({ subjects = [], resourceRules = [], nonResourceRules = [] }: PolicyRulesWithSubjects, path: string): FieldError[] {
  const errors: FieldError[] = subjects.length === 0 ? [required(`${path}.subjects`, 'subjects must contain at least one value')] : [];
  errors.push(...subjects.flatMap((subject, i) => subjectErrors(subject, `${path}.subjects[${i}]`)));
  if (resourceRules.length === 0 && nonResourceRules.length === 0) errors.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  return [
    ...errors,
    ...resourceRules.flatMap((rule, i) => resourceRuleErrors(rule, `${path}.resourceRules[${i}]`)),
    ...nonResourceRules.flatMap((rule, i) => nonResourceRuleErrors(rule, `${path}.nonResourceRules[${i}]`)),
  ];
}

function subjectErrors(subject: Subject, path: string): FieldError[] {
  const kind = subject.kind as keyof typeof SUBJECT_KINDS;
  if (!Object.hasOwn(SUBJECT_KINDS, kind)) return [notSupported(`${path}.kind`, kind ?? '', Object.keys(SUBJECT_KINDS))];
  const own = SUBJECT_KINDS[kind];
  const others = Object.entries(SUBJECT_KINDS).filter(([other, field]) => other !== kind && subject[field]);
  const errors: FieldError[] = subject[own] ? namedErrors(subject, own, `${path}.${own}`) : [required(`${path}.${own}`, `${own} is required when subject kind is '${kind}'`)];
  return [...errors, ...others.map(([other, field]) => forbidden(`${path}.${field}`, `${field} is forbidden when subject kind is not '${other}'`))];
}

function namedErrors(subject: Subject, own: 'group' | 'serviceAccount' | 'user', path: string): FieldError[] {
  const name = subject[own]?.name;
  if (own !== 'serviceAccount') return name ? [] : [required(`${path}.name`)];
  const errors = name === '*' ? [] : requiredName(`${path}.name`, name, dns1123Subdomain);
  const namespace = subject.serviceAccount?.namespace;
  if (!namespace) return [...errors, required(`${path}.namespace`, 'must specify namespace for service account')];
  return [...errors, ...dns1123Label(namespace).map((text) => invalid(`${path}.namespace`, namespace, text))];
}

function resourceRuleErrors(rule: ResourcePolicyRule, path: string): FieldError[] {
  const { apiGroups = [], resources = [], namespaces = [], clusterScope = false } = rule;
  const errors = verbErrors(rule.verbs, `${path}.verbs`);
  errors.push(...listErrors(apiGroups, `${path}.apiGroups`, { none: 'resource rules must supply at least one api group', others: 'api groups' }));
  errors.push(...listErrors(resources, `${path}.resources`, { none: 'resource rules must supply at least one resource', others: 'resources' }));
  if (namespaces.length === 0 && !clusterScope) errors.push(required(`${path}.namespaces`, 'resource rules that are not cluster scoped must supply at least one namespace'));
  else if (namespaces.includes('*') && namespaces.length > 1) errors.push(invalid(`${path}.namespaces`, namespaces, "if '*' is present, must not specify other namespaces"));
  else errors.push(...namespaces.flatMap((name, i) => (name === '*' ? [] : dns1123Label(name).map((text) => invalid(`${path}.namespaces[${i}]`, name, text)))));
  return errors;
}

function nonResourceRuleErrors({ verbs, nonResourceURLs = [] }: NonResourcePolicyRule, path: string): FieldError[] {
  const field = `${path}.nonResourceURLs`;
  const errors = verbErrors(verbs, `${path}.verbs`);
  const wrong = listErrors(nonResourceURLs, field, { none: 'nonResourceURLs must contain at least one value', others: 'non-resource URLs' });
  if (wrong.length > 0 || nonResourceURLs.includes('*')) return [...errors, ...wrong];
  return [...errors, ...nonResourceURLs.flatMap((url, i) => urlErrors(url, `${field}[${i}]`))];
}

function urlErrors(url: string, field: string): FieldError[] {
  if (url === '') return [invalid(field, url, 'must not be empty')];
  if (url === '/') return [];
  if (!url.startsWith('/')) return [invalid(field, url, 'must start with slash')];
  if (url.includes(' ')) return [invalid(field, url, 'must not contain white-space')];
  if (url.includes('//')) return [invalid(field, url, 'must not contain double slash')];
  return /\*./.test(url) || /[^/]\*$/.test(url) ? [invalid(field, url, 'wildcard can only do suffix matching')] : [];
}

function verbErrors(verbs: string[] = [], field: string): FieldError[] {
  const errors = listErrors(verbs, field, { none: 'verbs must contain at least one value', others: 'verbs' });
  if (errors.length > 0 || verbs.includes('*')) return errors;
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(field, verbs, VERBS)];
}

function listErrors(values: string[], field: string, texts: { none: string; others: string }): FieldError[] {
  if (values.length === 0) return [required(field, texts.none)];
  return values.includes('*') && values.length > 1 ? [invalid(field, values, `if '*' is present, must not specify other ${texts.others}`)] : [];
}

function limitedErrors(limited: LimitedPriorityLevelConfiguration, path: string): FieldError[] {
  const errors = nonNegative(`${path}.nominalConcurrencyShares`, limited.nominalConcurrencyShares);
  errors.push(...between(`${path}.lendablePercent`, limited.lendablePercent, { min: 0, max: 100 }), ...nonNegative(`${path}.borrowingLimitPercent`, limited.borrowingLimitPercent));
  const { type, queuing } = limited.limitResponse ?? {};
  const at = `${path}.limitResponse`;
  if (type === 'Reject') return queuing ? [...errors, forbidden(`${at}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')] : errors;
  if (type === 'Queue') return [...errors, ...(queuing ? queuingErrors(queuing, `${at}.queuing`) : [required(`${at}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')])];
  return [...errors, type ? notSupported(`${at}.type`, type, ['Queue', 'Reject']) : required(`${at}.type`)];
}

function queuingErrors({ queues = 0, handSize = 0, queueLengthLimit = 0 }: QueuingConfiguration, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (queueLengthLimit <= 0) errors.push(invalid(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  if (queues <= 0) errors.push(invalid(`${path}.queues`, queues, 'must be positive'));
  else if (queues > MAX_QUEUES) errors.push(invalid(`${path}.queues`, queues, `must not be greater than ${MAX_QUEUES}`));
  if (handSize <= 0) return [...errors, invalid(`${path}.handSize`, handSize, 'must be positive')];
  if (handSize > queues) return [...errors, invalid(`${path}.handSize`, handSize, `should not be greater than queues (${queues})`)];
  if (entropyBits(queues, handSize) <= MAX_ENTROPY_BITS) return errors;
  return [...errors, invalid(`${path}.handSize`, handSize, `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_ENTROPY_BITS}`)];
}

// How many bits it takes to say in which order a hand was dealt.
function entropyBits(deck: number, hand: number): number {
  return Math.ceil(Array.from({ length: hand }, (_, i) => Math.log2(deck - i)).reduce((sum, bits) => sum + bits, 0));
}
