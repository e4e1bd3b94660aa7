import { expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import { fieldMatcher, parseFieldSelector } from '#api/selectors/fields';
import { SelectorError } from '#api/selectors/selector-error';

const pod = { metadata: { name: 'web', namespace: 'default' }, spec: { nodeName: 'a,b' } };
const podRules = { selectableFields: (object: KubeObject) => ({ 'spec.nodeName': (object.spec as { nodeName?: string } | undefined)?.nodeName ?? '' }) };

test.each([
  ['', true], [',', true], ['metadata.name=web', true], ['metadata.name==web', true], ['metadata.name!=web', false], ['metadata.namespace=default,metadata.name=x', false], ['spec.nodeName=a\\,b', true], ['spec.nodeName!=', true],
])('%j selects: %s', (text, selected) => {
  expect(fieldMatcher(parseFieldSelector(text), 'Pod', podRules)(pod)).toBe(selected);
});

test('tells what an index can be asked', () => {
  const selector = parseFieldSelector('spec.nodeName=n1,metadata.name!=x');
  expect([selector.exact('spec.nodeName'), selector.exact('metadata.name')]).toEqual(['n1', undefined]);
});

test.each([
  ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ['metadata.name=a=b', 'invalid field selector: unescaped character in value: 61'],
  ['metadata.name=a\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ['metadata.name=a\\', 'invalid field selector: invalid escape sequence: \\'],
])('%j is refused', (text, message) => {
  expect(() => parseFieldSelector(text)).toThrow(new SelectorError(message));
});

test('a field by which the kind cannot be selected', () => {
  const foo = parseFieldSelector('metadata.name=a,foo=b');
  expect(() => fieldMatcher(foo, 'Pod', podRules)).toThrow('field label not supported: foo');
  expect(() => fieldMatcher(foo, 'Job', podRules)).toThrow('field label "foo" not supported for Job');
  expect(() => fieldMatcher(foo, 'ConfigMap', {})).toThrow('"foo" is not a known field selector: only "metadata.name", "metadata.namespace"');
});
