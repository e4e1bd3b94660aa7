import type { KubeObject } from '#api/object';

/** autoscaling/v1 Scale: how many replicas, of a kind that has them in `spec.replicas`. */
export interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas: number; selector?: string };
}

interface Scalable extends KubeObject {
  spec?: { replicas?: number; selector?: SelectorObject | Record<string, string> };
  status?: { replicas?: number };
}

interface SelectorObject {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export function scaleOf(object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { spec, status } = object as Scalable;
  const selector = selectorText(spec?.selector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: withoutAbsent({ name, namespace, uid, resourceVersion, creationTimestamp }),
    // Go leaves a zero out of spec and writes it in status.
    spec: spec?.replicas ? { replicas: spec.replicas } : {},
    status: { replicas: status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  };
}

/** A copy with the wanted number. */
export function withReplicas(object: KubeObject, replicas: number): KubeObject {
  return { ...object, spec: { ...(object.spec as object | undefined), replicas } };
}

/** A selector as a query would have it. ReplicationControllers have plain labels, the others a LabelSelector. */
function selectorText(selector: SelectorObject | Record<string, string> | undefined): string {
  if (selector === undefined) return '';
  const { matchLabels, matchExpressions } = isSelectorObject(selector) ? selector : { matchLabels: selector, matchExpressions: [] };
  const equalities = Object.entries(matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const expressions = (matchExpressions ?? []).map((expression) => ({ key: expression.key, text: expressionText(expression) }));
  return [...equalities, ...expressions].sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ text }) => text).join(',');
}

function isSelectorObject(selector: object): selector is SelectorObject {
  return ['matchLabels', 'matchExpressions'].some((field) => typeof (selector as Record<string, unknown>)[field] === 'object') || Object.keys(selector).length === 0;
}

function expressionText({ key, operator, values }: { key: string; operator: string; values?: string[] }): string {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'NotIn':
      return `${key} notin (${[...(values ?? [])].sort().join(',')})`;
    default:
      return `${key} in (${[...(values ?? [])].sort().join(',')})`;
  }
}

function withoutAbsent<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}
