import { expect, test } from 'vitest';
import type { KindRules } from '#api/kind-rules';
import { renderTable } from '#api/printing/table';

const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'p', creationTimestamp: '2026-11-21T23:54:43Z' }, data: { a: 'b' } };
const nowMs = Date.parse('2026-11-22T00:10:50Z');
const rules: KindRules = {
  columns: [
    { name: 'Name', type: 'string', format: 'name', description: 'its name', priority: 0, cell: ({ metadata }) => metadata.name },
    { name: 'Passed', type: 'integer', description: 'seconds', priority: 1, cell: ({ metadata }, now) => Math.floor((now - Date.parse(metadata.creationTimestamp ?? '')) / 1000) },
  ],
};

test('a row of the columns of the kind', () => {
  expect(renderTable({ rules, items: [object], listMeta: { resourceVersion: '7' }, includeObject: 'Metadata', nowMs })).toEqual({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '7' },
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name', description: 'its name', priority: 0 },
      { name: 'Passed', type: 'integer', format: '', description: 'seconds', priority: 1 },
    ],
    rows: [{ cells: ['p', 967], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata } }],
  });
});

test('a kind without columns shows name and time of creation', () => {
  const table = renderTable({ rules: {}, items: [object], listMeta: {}, includeObject: 'None', nowMs });
  expect(table.columnDefinitions?.map(({ name, type }) => [name, type])).toEqual([['Name', 'string'], ['Created At', 'date']]);
  expect(table.rows).toEqual([{ cells: ['p', '2026-11-21T23:54:43Z'], object: null }]);
});

test('with whole objects, and without columns for what follows in a watch', () => {
  const table = renderTable({ rules, items: [object], listMeta: {}, includeObject: 'Object', nowMs, withoutColumns: true });
  expect(table.columnDefinitions).toBeNull();
  expect(table.rows[0]?.object).toEqual(object);
});
