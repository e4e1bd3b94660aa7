import type { TableColumn } from '../kind-rules.ts';
import type { KubeObject } from '../object.ts';
import type { LabelSelector, PodTemplateSpec } from '../schema/kinds.generated.ts';
import { column, NONE } from './columns.ts';

/** The two wide columns that every kind with a pod template has. */
export function containerColumns<T extends KubeObject>(templateOf: (object: T) => PodTemplateSpec | undefined): TableColumn<T>[] {
  const containers = (object: T) => templateOf(object)?.spec?.containers ?? [];
  return [
    column('Containers', 'Names of the containers in the template', (object) => containers(object).map(({ name }) => name).join(','), { wide: true }),
    column('Images', 'Images of the containers in the template', (object) => containers(object).map(({ image }) => image).join(','), { wide: true }),
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
