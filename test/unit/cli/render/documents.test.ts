import { expect, test } from 'vitest';
import { listOf, renderDocument } from '#cli/render/documents';

const object = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a', managedFields: [{}], creationTimestamp: '2026-01-01T00:00:00Z' }, spec: { args: ['<&>'], on: 'yes', port: '0644' } };

test('JSON as kubectl writes it: fields in order, four blanks, Go’s escapes', () => {
  expect(renderDocument('json', { b: 1, a: ['<'] })).toBe('{\n    "a": [\n        "\\u003c"\n    ],\n    "b": 1\n}\n');
});

test('YAML as kubectl writes it: what would be read as something else is quoted', () => {
  expect(renderDocument('yaml', object)).toBe(
    'apiVersion: v1\nkind: Pod\nmetadata:\n  creationTimestamp: "2026-01-01T00:00:00Z"\n  managedFields:\n  - {}\n  name: a\nspec:\n  args:\n  - <&>\n  "on": "yes"\n  port: "0644"\n',
  );
});

test('a list leaves out who manages what', () => {
  expect(listOf([object])).toMatchObject({ kind: 'List', items: [{ metadata: { name: 'a' } }] });
  expect(JSON.stringify(listOf([object]))).not.toContain('managedFields');
});
