import type { KubeObject } from '#api/object';
import type { PolicyRule } from '#core/rbac';
import { DEFAULT_CLUSTER_ROLE_BINDINGS, DEFAULT_CLUSTER_ROLES } from './default-roles.ts';

const GROUP = 'rbac.authorization.k8s.io';
const AGGREGATE_LABEL = `${GROUP}/aggregate-to-`;
const METADATA = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};

export function defaultClusterRoles(): KubeObject[] {
  return Object.entries(DEFAULT_CLUSTER_ROLES).map(([name, { aggregateTo, aggregates }]) => ({
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRole',
    metadata: { name, annotations: METADATA.annotations, labels: { ...METADATA.labels, ...(aggregateTo ? { [`${AGGREGATE_LABEL}${aggregateTo}`]: 'true' } : {}) } },
    ...(aggregates ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`${AGGREGATE_LABEL}${aggregates}`]: 'true' } }] } } : {}),
    rules: rulesOf(name),
  }));
}

export function defaultClusterRoleBindings(): KubeObject[] {
  return Object.entries(DEFAULT_CLUSTER_ROLE_BINDINGS).map(([name, subjects]) => ({
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, annotations: METADATA.annotations, labels: METADATA.labels },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name },
    subjects: subjects.map(subjectOf),
  }));
}

// Written out for aggregates too: people read them, before any controller has summed them up.
function rulesOf(name: string): PolicyRule[] {
  const { rules = [], aggregates } = DEFAULT_CLUSTER_ROLES[name] ?? {};
  const parts = aggregates === undefined ? [] : Object.entries(DEFAULT_CLUSTER_ROLES).filter(([, role]) => role.aggregateTo === aggregates);
  return [...parts.flatMap(([part]) => rulesOf(part)), ...rules.map(ruleOf)];
}

function ruleOf(line: string): PolicyRule {
  const [verbs = [], ...rest] = line.split(' ').map((part) => part.split(','));
  const [groupsOrPaths = [], resources, names] = rest;
  if (resources === undefined) return { verbs, nonResourceURLs: groupsOrPaths };
  return { verbs, apiGroups: groupsOrPaths.map((group) => (group === 'core' ? '' : group)), resources, ...(names ? { resourceNames: names } : {}) };
}

function subjectOf(text: string): { kind: string; name: string; namespace?: string; apiGroup?: string } {
  const kind = text.slice(0, text.indexOf(':'));
  const name = text.slice(text.indexOf(':') + 1);
  if (kind !== 'ServiceAccount') return { kind, apiGroup: GROUP, name };
  const [namespace = '', account = ''] = name.split('/');
  return { kind, name: account, namespace };
}
