import { isEqual } from '../equal.ts';
import { invalid, notSupported, required, type FieldError } from '../field-error.ts';
import type { KindRules } from '../kind-rules.ts';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacV1Subject, Role, RoleBinding, RoleRef } from '../schema/kinds.generated.ts';
import { validateLabelSelector } from '../validation/label-selector.ts';
import { dns1123Subdomain, pathSegmentName } from '../validation/names.ts';
import { ageColumn, column, createdAtColumn, nameColumn } from './columns.ts';

const RBAC = 'rbac.authorization.k8s.io';
const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group'];

export const roleRules: KindRules<Role> = {
  name: pathSegmentName,
  validate: ({ rules = [] }) => rules.flatMap((rule, i) => ruleErrors(rule, `rules[${i}]`, true)),
  columns: [nameColumn(), createdAtColumn()],
};

export const clusterRoleRules: KindRules<ClusterRole> = {
  name: pathSegmentName,
  validate: ({ rules = [], aggregationRule }) => [...rules.flatMap((rule, i) => ruleErrors(rule, `rules[${i}]`, false)), ...aggregationErrors(aggregationRule)],
  columns: [nameColumn(), createdAtColumn()],
};

export const roleBindingRules: KindRules<RoleBinding> = {
  name: pathSegmentName,
  setDefaults: defaultBinding,
  validate: (binding) => bindingErrors(binding, ['Role', 'ClusterRole'], true),
  validateUpdate: roleRefChange,
  columns: bindingColumns<RoleBinding>(),
};

export const clusterRoleBindingRules: KindRules<ClusterRoleBinding> = {
  name: pathSegmentName,
  setDefaults: defaultBinding,
  validate: (binding) => bindingErrors(binding, ['ClusterRole'], false),
  validateUpdate: roleRefChange,
  columns: bindingColumns<ClusterRoleBinding>(),
};

type AnyBinding = RoleBinding | ClusterRoleBinding;

function defaultBinding({ roleRef, subjects = [] }: AnyBinding): void {
  if (roleRef) roleRef.apiGroup ||= RBAC;
  for (const subject of subjects) {
    if (subject.apiGroup || subject.kind === 'ServiceAccount') continue;
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup = RBAC;
  }
}

function ruleErrors(rule: PolicyRule, path: string, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = rule.verbs?.length ? [] : [required(`${path}.verbs`, 'verbs must contain at least one value')];
  if (rule.nonResourceURLs?.length) {
    if (namespaced) return [...errors, invalid(`${path}.nonResourceURLs`, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')];
    const mixed = rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length;
    return mixed ? [...errors, invalid(`${path}.nonResourceURLs`, rule.nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs')] : errors;
  }
  if (!rule.apiGroups?.length) errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (!rule.resources?.length) errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

function aggregationErrors(rule: ClusterRole['aggregationRule']): FieldError[] {
  if (!rule) return [];
  if (!rule.clusterRoleSelectors?.length) return [required('aggregationRule.clusterRoleSelectors', 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return rule.clusterRoleSelectors.flatMap((selector, i) => {
    const field = `aggregationRule.clusterRoleSelectors[${i}]`;
    const errors = validateLabelSelector(selector, field);
    return errors.length === 0 ? [] : [...errors, invalid(field, null, 'invalid label selector.')];
  });
}

function bindingErrors({ roleRef, subjects = [] }: AnyBinding, kinds: string[], namespaced: boolean): FieldError[] {
  return [...roleRefErrors(roleRef, kinds), ...subjects.flatMap((subject, i) => subjectErrors(subject, `subjects[${i}]`, namespaced))];
}

function roleRefErrors({ apiGroup, kind, name }: RoleRef, kinds: string[]): FieldError[] {
  const errors: FieldError[] = [];
  if (apiGroup !== RBAC) errors.push(notSupported('roleRef.apiGroup', apiGroup, [RBAC]));
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
  if (!name) return [...errors, required('roleRef.name')];
  return [...errors, ...pathSegmentName(name).map((text) => invalid('roleRef.name', name, text))];
}

function subjectErrors(subject: RbacV1Subject, path: string, inNamespace: boolean): FieldError[] {
  const errors: FieldError[] = subject.name ? [] : [required(`${path}.name`)];
  const group = subject.apiGroup ?? '';
  switch (subject.kind) {
    case 'ServiceAccount':
      if (subject.name) errors.push(...dns1123Subdomain(subject.name).map((text) => invalid(`${path}.name`, subject.name, text)));
      if (group !== '') errors.push(notSupported(`${path}.apiGroup`, group, ['']));
      if (!inNamespace && !subject.namespace) errors.push(required(`${path}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      return group === RBAC ? errors : [...errors, notSupported(`${path}.apiGroup`, group, [RBAC])];
    default:
      return [...errors, notSupported(`${path}.kind`, subject.kind, SUBJECT_KINDS)];
  }
}

// A binding is its role: another role is another binding.
function roleRefChange({ roleRef }: AnyBinding, old: AnyBinding): FieldError[] {
  return isEqual(roleRef, old.roleRef) ? [] : [invalid('roleRef', roleRef, 'cannot change roleRef')];
}

function bindingColumns<T extends AnyBinding>() {
  const named = (binding: T, kind: string) => (binding.subjects ?? []).filter((subject) => subject.kind === kind);
  return [
    nameColumn<T>(),
    column<T>('Role', 'The role that is given', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
    ageColumn<T>(),
    column<T>('Users', 'Users that have it', (binding) => named(binding, 'User').map(({ name }) => name).join(', '), { wide: true }),
    column<T>('Groups', 'Groups that have it', (binding) => named(binding, 'Group').map(({ name }) => name).join(', '), { wide: true }),
    column<T>('ServiceAccounts', 'Service accounts that have it', (binding) => named(binding, 'ServiceAccount').map(({ namespace, name }) => `${namespace ?? ''}/${name}`).join(', '), { wide: true }),
  ];
}
