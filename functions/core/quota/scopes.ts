import { affinityTerms } from '../scheduling/needs.ts';
import { qosClass } from '#api/kinds/qos-class';
import type { KubeObject } from '#api/object';
import type { Pod, ResourceQuota } from '#api/schema/kinds.generated';

/** A resource, as it is stored. */
export interface Counted {
  group: string;
  resource: string;
}

interface Scope {
  scopeName: string;
  operator: string;
  values?: string[];
}

/** Whether a quota is about this object at all. Scopes are about pods: a quota that has any counts nothing else. */
export function inScope({ spec }: ResourceQuota, { group, resource }: Counted, object: KubeObject): boolean {
  const scopes: Scope[] = [...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })), ...(spec?.scopeSelector?.matchExpressions ?? [])];
  if (scopes.length === 0) return true;
  return group === '' && resource === 'pods' && scopes.every((scope) => matches(scope, object as Pod));
}

function matches({ scopeName, operator, values = [] }: Scope, pod: Pod): boolean {
  switch (scopeName) {
    case 'Terminating':
      return pod.spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec?.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return qosClass(pod.spec ?? { containers: [] }) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(pod.spec ?? { containers: [] }) !== 'BestEffort';
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    case 'PriorityClass':
      return matchesClass(pod.spec?.priorityClassName ?? '', operator, values);
    default:
      return false;
  }
}

function matchesClass(name: string, operator: string, values: string[]): boolean {
  switch (operator) {
    case 'In':
      return values.includes(name);
    case 'NotIn':
      return !values.includes(name);
    case 'DoesNotExist':
      return name === '';
    default:
      return name !== '';
  }
}

function crossesNamespaces(pod: Pod): boolean {
  return affinityTerms(pod).some(({ namespaces, namespaceSelector }) => (namespaces ?? []).length > 0 || namespaceSelector !== undefined);
}
