import type { TableColumn } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import type { LabelSelector, PodTemplateSpec } from '../schema/kinds.generated.ts';
import { ageColumn, column, nameColumn, NONE } from './columns.ts';

/** The two wide columns that every kind with a pod template has. */
export function containerColumns<T extends KubeObject>(templateOf: (object: T) => PodTemplateSpec | undefined): TableColumn<T>[] {
  const containers = (object: T) => templateOf(object)?.spec?.containers ?? [];
  return [
    column('Containers', 'Names of the containers in the template', (object) => containers(object).map(({ name }) => name).join(','), { wide: true }),
    column('Images', 'Images of the containers in the template', (object) => containers(object).map(({ image }) => image).join(','), { wide: true }),
  ];
}

type Replicated = KubeObject & { spec?: { replicas?: number; template?: PodTemplateSpec }; status?: { replicas?: number; readyReplicas?: number } };

/** What a ReplicaSet and its elder, the ReplicationController, show alike. */
export function replicaColumns<T extends Replicated>(): TableColumn<T>[] {
  return [
    nameColumn(),
    column('Desired', 'Pods that are wanted', ({ spec }) => spec?.replicas ?? 0, { type: 'integer' }),
    column('Current', 'Pods that exist', ({ status }) => status?.replicas ?? 0, { type: 'integer' }),
    column('Ready', 'Pods that are ready', ({ status }) => status?.readyReplicas ?? 0, { type: 'integer' }),
    ageColumn(),
    ...containerColumns<T>(({ spec }) => spec?.template),
  ];
}

/** A selector as kubectl writes it on one line. */
export function selectorText(selector: LabelSelector | undefined): string {
  if (!selector) return NONE;
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const set = `(${[...values].sort().join(',')})`;
    return { key, text: { In: `${key} in ${set}`, NotIn: `${key} notin ${set}`, Exists: key, DoesNotExist: `!${key}` }[operator] ?? key };
  });
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const all = [...labels, ...expressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return all.length === 0 ? NONE : all.map(({ text }) => text).join(',');
}

export function labelsText(labels: Record<string, string> | undefined): string {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? NONE : entries.map(([key, value]) => `${key}=${value}`).join(',');
}
