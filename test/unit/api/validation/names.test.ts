import { expect, test } from 'vitest';
import { asPrefix, configMapKey, dns1035Label, dns1123Label, dns1123Subdomain, envVarName, labelValue, pathSegmentName, portName, qualifiedName, utf8Length, type NameCheck } from '#api/validation/names';

const CASES: [string, NameCheck, { good: string[]; bad: string[] }][] = [
  ['DNS-1123 label', dns1123Label, { good: ['a', 'a-1', '1a', 'a'.repeat(63)], bad: ['', 'A', 'a.b', '-a', 'a-', 'a'.repeat(64), 'flask-kubernetes -service'] }],
  ['DNS-1123 subdomain', dns1123Subdomain, { good: ['a', 'a.b-c.1'], bad: ['', 'a..b', '.a', 'a_b', 'a'.repeat(254)] }],
  ['DNS-1035 label', dns1035Label, { good: ['a', 'a-1'], bad: ['1a', 'a.b', ''] }],
  ['path segment', pathSegmentName, { good: ['system:node', 'A b'], bad: ['.', '..', 'a/b', 'a%b'] }],
  ['qualified name', qualifiedName, { good: ['a', 'A_b.c', 'example.com/a'], bad: ['', 'a/b/c', '/a', 'A.com/a', 'a b', 'a/'] }],
  ['label value', labelValue, { good: ['', 'a', 'A_b.c'], bad: ['-a', 'a b', 'é', 'a'.repeat(64)] }],
  ['config key', configMapKey, { good: ['a', '.a', 'A_b.c-d', 'a..b'], bad: ['', '.', '..', '..a', 'a b', 'a/b'] }],
  ['environment variable', envVarName, { good: ['A', 'a.b-c', '1', 'a b'], bad: ['', 'A=b', 'é'] }],
  ['port name', portName, { good: ['http', 'a-1'], bad: ['', '1', 'HTTP', 'a--b', '-a', 'a'.repeat(16)] }],
];

test.each(CASES)('%s', (_name, check, { good, bad }) => {
  expect(good.filter((value) => check(value).length > 0)).toEqual([]);
  expect(bad.filter((value) => check(value).length === 0)).toEqual([]);
});

test('a generated name may end in a dash, as characters follow', () => {
  expect(asPrefix(dns1123Subdomain, 'web-')).toEqual([]);
  expect(asPrefix(dns1123Subdomain, '-')).not.toEqual([]);
});

test('a valid subdomain that is no label is told about its dots', () => {
  expect(dns1123Label('a.b')).toEqual(['must not contain dots']);
});

test('lengths are counted in UTF-8 bytes', () => {
  expect(['a', 'é', '€', '😀'].map(utf8Length)).toEqual([1, 2, 3, 4]);
});
