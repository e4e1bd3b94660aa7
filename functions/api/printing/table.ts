import type { KindRules, TableColumn } from '#api/kind-rules';
import { createdAtColumn, nameColumn } from '#api/kinds/columns';
import type { KubeObject } from '#api/object';

/** meta.k8s.io/v1 Table: how kubectl's lists come, with the columns of the kind. */
export interface Table {
  kind: 'Table';
  apiVersion: 'meta.k8s.io/v1';
  metadata: ListMeta;
  columnDefinitions: ColumnDefinition[] | null;
  rows: { cells: unknown[]; object: object | null }[];
}

export interface ListMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

export interface ColumnDefinition {
  name: string;
  type: TableColumn['type'];
  format: string;
  description: string;
  priority: number;
}

/** What stands beside the cells of a row; Metadata is what clients get that say nothing. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableRequest {
  rules: KindRules;
  items: readonly KubeObject[];
  listMeta: ListMeta;
  includeObject: IncludeObject;
  nowMs: number;
  /** Of a watch only the first event defines them. */
  withoutColumns?: boolean;
}

export function renderTable({ rules, items, listMeta, includeObject, nowMs, withoutColumns }: TableRequest): Table {
  const columns = rules.columns ?? [nameColumn(), createdAtColumn()];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMeta,
    columnDefinitions: withoutColumns ? null : columns.map(({ name, type, format = '', description, priority }) => ({ name, type, format, description, priority })),
    rows: items.map((object) => ({ cells: columns.map((column) => column.cell(object, nowMs)), object: included(object, includeObject) })),
  };
}

/** For clients that only look at metadata, such as garbage collectors and `kubectl delete --wait`. */
export function partialObjectMetadata({ metadata }: KubeObject): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

function included(object: KubeObject, what: IncludeObject): object | null {
  if (what === 'None') return null;
  return what === 'Object' ? object : partialObjectMetadata(object);
}
