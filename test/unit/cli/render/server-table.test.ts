import { expect, test } from 'vitest';
import type { Table } from '#api/printing/table';
import { type TableStyle, tablePrinter } from '#cli/render/server-table';

const table = (rows: unknown[][], withColumns = true): Table => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: {},
  columnDefinitions: withColumns ? [column('Name', 'name'), column('Age'), column('Node', '', 1)] : null,
  rows: rows.map((cells) => ({ cells, object: { metadata: { namespace: 'shop', labels: { b: '2', a: '1' } } } })),
});
const column = (name: string, format = '', priority = 0) => ({ name, type: 'string' as const, format, description: '', priority });
const printed = (style: TableStyle, rows: unknown[][] = [['web', '5s', 'n1']]) => tablePrinter(style).print(table(rows));

test.each<[string, TableStyle, string]>([
  ['columns of priority 0', {}, 'NAME   AGE\nweb    5s\n'],
  ['all of them', { wide: true }, 'NAME   AGE   NODE\nweb    5s    n1\n'],
  ['no headers', { headers: false }, 'web   5s\n'],
  ['namespaces first', { namespaces: true }, 'NAMESPACE   NAME   AGE\nshop        web    5s\n'],
  ['kinds before names', { prefix: 'deployment.apps' }, 'NAME                  AGE\ndeployment.apps/web   5s\n'],
  ['labels last', { labels: true }, 'NAME   AGE   LABELS\nweb    5s    a=1,b=2\n'],
])('%s', (_what, style, expected) => {
  expect(printed(style)).toBe(expected);
});

test('a cell is one line; no value is an empty cell, a number is a number', () => {
  expect(printed({ wide: true }, [['web', 'first\nsecond', null], ['db', 3, 'n']])).toBe('NAME   AGE        NODE\nweb    first...   \ndb     3          n\n');
});

test("a watch's later tables have no columns of their own and no headers", () => {
  const printer = tablePrinter({});
  expect(printer.print(table([['web', '5s']]))).toBe('NAME   AGE\nweb    5s\n');
  expect(printer.print(table([['web', '6s']], false))).toBe('web    6s\n');
});
