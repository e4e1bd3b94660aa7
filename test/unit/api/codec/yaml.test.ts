import { describe, expect, test } from 'vitest';
import { NumberLiteral } from '#api/codec/number-literal';
import { parseYaml, readYaml } from '#api/codec/yaml';

// What kube-apiserver 1.36.3 made of each of these scalars.
test.each<[string, unknown]>([
  ['0644', 420], ['0o644', 420], ['08', 8], ['-0644', -420], ['0b101', 5], ['-0b11', -3], ['1_000', 1000], ['_1', '_1'], ['0x_1F', 31], ['+1', 1], ['1.', 1], ['.5', new NumberLiteral('0.5')], ['1e1', 10], ['1e18', 10n ** 18n], ['0777_1', 4089],
  ['9007199254740993', 9007199254740993n], ['9223372036854775808', new NumberLiteral('9223372036854775808')], ['18446744073709551616', new NumberLiteral('18446744073709552000')], ['1e30', new NumberLiteral('1e+30')], ['1e400', '1e400'],
  ['-0.0', 0], ['1:30', '1:30'], ['0x', '0x'], ['1.5.5', '1.5.5'], ['yes', true], ['Off', false], ['y', true], ['tRUE', 'tRUE'], ['~', null], ['', null], ['2026-01-02', '2026-01-02'], ['"yes"', 'yes'], ["'5'", '5'], ['!!str 5', '5'], ['! 5', '5'],
  ['!!int "7"', 7], ['!!float 5', 5], ['!!binary aGk=', 'hi'], ['!foo x', 'x'], ['|\n  a\n  b\n', 'a\nb\n'], ['>-\n  a\n  b\n', 'a b'], ['<<', '<<'],
])('%s', (text, value) => {
  expect(readYaml(`k: ${text}\n`).value).toEqual({ k: value });
});

describe('structure', () => {
  test('keys become strings, in their order', () => {
    expect(Object.keys(readYaml('{b: 1, a: 2, true: 3, 0x10: 4, 1.5: 5, __proto__: 6}').value as object)).toEqual(['16', '1.5', '__proto__', 'a', 'b', 'true']);
  });

  test('merges in order, later over earlier', () => {
    expect(readYaml('x: &x {a: 1, b: 2}\nd: {<<: *x, b: 3}\n')).toEqual({ value: { x: { a: 1, b: 2 }, d: { a: 1, b: 3 } }, repeated: ['line 2: key "b" already set in map'] });
    expect(readYaml('x: &x {a: 1}\nz: &z {a: 2, c: 3}\nd: {<<: [*x, *z]}\n').value).toMatchObject({ d: { a: 1, c: 3 } });
  });

  test('the first of several documents, nothing of an empty one', () => {
    expect(parseYaml('a: 1\n---\nb: [\n')).toEqual({ a: 1 });
    expect(parseYaml('# nothing\n')).toBeNull();
    expect(parseYaml('a: 0.5\nb: [1e30]')).toEqual({ a: 0.5, b: [1e30] });
  });

  test.each([
    ['k: *nope', "yaml: unknown anchor 'nope' referenced"],
    ['m: &m {n: *m}', "yaml: anchor 'm' value contains itself"],
    ['k: {<<: 5}', 'yaml: map merge requires map or sequence of maps as the value'],
    ['k: !!int x', 'yaml: cannot decode !!str `x` as a !!int'],
    ['k: .inf', 'json: unsupported value: +Inf'],
    ['k: !!binary "%%"', 'yaml: !!binary value contains invalid base64 data'],
    ['{~: a}', 'unsupported map key of type: %!s(<nil>), key: <nil>'],
    ['k: "\\ud800"', 'yaml: found invalid Unicode character escape code'],
    ['a: b: c', 'yaml: line 1: '],
    [`x: ${'['.repeat(100_000)}`, 'yaml: '],
    [`x: ${'['.repeat(1_500)}${']'.repeat(1_500)}`, 'yaml: '],
  ])('%.40s is refused', (text, message) => {
    expect(() => readYaml(text)).toThrow(message);
  });

  test('aliases are bounded', () => {
    const laughs = [...'bcdefghij'].map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[i]}`).join()}]`).join('\n');
    expect(() => readYaml(`a: &a [${'x,'.repeat(9)}x]\n${laughs}\n`)).toThrow('yaml: document contains excessive aliasing');
  });
});
