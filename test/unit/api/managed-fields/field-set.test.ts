import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, differenceBelow, fieldSet, has, intersection, isEmpty, pathsOf, union, type FieldSet } from '#api/managed-fields/field-set';
import { fieldsV1HaveAll, fieldsV1HaveAny, fromFieldsV1, toFieldsV1 } from '#api/managed-fields/fields-v1';
import { pathText } from '#api/managed-fields/path-element';

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'k:{"port":80,"protocol":"TCP"}', 'k:{"port":9}', 'v:"x"', 'v:7');
const path = fc.array(element, { minLength: 1, maxLength: 3 });
const set = fc.array(path, { maxLength: 6 }).map((paths) => fieldSet(...paths));
const textsOf = (fields: FieldSet): string[] => pathsOf(fields).map((one) => one.join()).sort();

test('sets of fields are sets', () => {
  fc.assert(
    fc.property(set, set, path, (a, b, one) => {
      expect(has(union(a, b), one)).toBe(has(a, one) || has(b, one));
      expect(has(intersection(a, b), one)).toBe(has(a, one) && has(b, one));
      expect(has(difference(a, b), one)).toBe(has(a, one) && !has(b, one));
      const isBelow = one.some((_, i) => has(b, one.slice(0, i + 1)));
      expect(has(differenceBelow(a, b), one)).toBe(has(a, one) && !isBelow);
      expect(isEmpty(difference(a, a))).toBe(true);
    }),
  );
});

test('FieldsV1 says the same set, and is asked without being read', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const written = JSON.parse(JSON.stringify(toFieldsV1(a))) as unknown;
      expect(textsOf(fromFieldsV1(written))).toEqual(textsOf(a));
      expect(fieldsV1HaveAny(written, b)).toBe(!isEmpty(intersection(a, b)));
      expect(fieldsV1HaveAll(written, b)).toBe(isEmpty(difference(b, a)));
    }),
  );
});

test('FieldsV1 is written in one order and one form, whoever wrote it before', () => {
  const read = fromFieldsV1({ 'v:"b"': {}, 'k:{ "protocol":"TCP", "port": 80 }': { '.': {}, 'f:x': {} }, 'k:{"port":9}': {}, 'f:b': { 'f:c': {} }, 'f:a': {} });
  expect(JSON.stringify(toFieldsV1(read))).toBe('{"f:a":{},"f:b":{"f:c":{}},"k:{\\"port\\":9}":{},"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:x":{}},"v:\\"b\\"":{}}');
  expect(pathsOf(read).map(pathText)).toEqual(['.a', '[port=9]', '[port=80,protocol="TCP"]', '[="b"]', '.b.c', '[port=80,protocol="TCP"].x']);
  for (const bad of [[], 'x', { 'x:a': {} }, { 'f:a': 1 }, { 'k:[1]': {} }, { 'k:{': {} }, { 'i:x': {} }]) expect(() => fromFieldsV1(bad)).toThrow();
});
