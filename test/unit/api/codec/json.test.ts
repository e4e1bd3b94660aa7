import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeJson, encodeJsonBytes, parseJson, readJson } from '#api/codec/json';
import { MAX_DEPTH } from '#api/codec/json-reader';
import { NumberLiteral } from '#api/codec/number-literal';

describe('reading', () => {
  test.each(['null', 'true', '"a\\u00e9\\n\\/"', '[]', '{}', ' [1 , -2.5e3, {"a" : [null]}]\n', '{"a":{"b":"\\ud83d\\ude00"}}'])('%s as the language reads it', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test('whatever the language writes reads back equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(encodeJson(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test('no text is read that the language refuses, nor refused that it reads', () => {
    const noise = fc.array(fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', 'u12', '1', '-', '.', 'e', '0', 'true', 'nul', ' ', 'é', '\t'), { maxLength: 12 });
    fc.assert(fc.property(noise, (pieces) => void expect(reads(parseJson, pieces.join(''))).toBe(reads(JSON.parse, pieces.join('')))), { numRuns: 3000 });
  });

  test('int64 is kept', () => {
    expect(parseJson('[9007199254740991,9007199254740993,-9223372036854775808,9223372036854775807]')).toEqual([9007199254740991, 9007199254740993n, -(2n ** 63n), 2n ** 63n - 1n]);
    expect(parseJson('[18446744073709551616, -0]')).toEqual([18446744073709552000, 0]);
  });

  test('__proto__ is a member like any other', () => {
    const object = parseJson('{"__proto__":{"polluted":true},"constructor":1}') as Record<string, unknown>;
    expect(Object.keys(object)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(encodeJson(object)).toBe('{"__proto__":{"polluted":true},"constructor":1}');
  });

  test('half a surrogate pair and broken UTF-8 become the replacement character', () => {
    expect(parseJson('"\\ud800x\\udc00"')).toBe('\ufffdx\ufffd');
    expect(parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toBe('\ufffd');
  });

  test('the exact reading keeps literals and repetitions', () => {
    const { value, repeated } = readJson('{"a":1,"b":3.0,"a":{"c":1e2,"c":2}}');
    const inner = (value as { a: object }).a;
    expect(value).toEqual({ a: { c: 2 }, b: new NumberLiteral('3.0') });
    expect(repeated.get(value as object)).toEqual([['a', 1], ['b', new NumberLiteral('3.0')], ['a', inner]]);
    expect(repeated.get(inner)).toEqual([['c', new NumberLiteral('1e2')], ['c', 2]]);
  });

  test.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['"a\tb"', "invalid character '\\t' in string literal"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['tru?', "invalid character '?' in literal true (expecting 'e')"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
  ])('%j is refused as Go refuses it', (text, message) => {
    expect(() => parseJson(text)).toThrow(message);
  });

  test('depth is bounded', () => {
    expect(() => parseJson('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH))).not.toThrow();
    expect(() => parseJson('['.repeat(1_000_000))).toThrow("invalid character '[' exceeded max depth");
  });
});

describe('writing', () => {
  test('bigint as the integer it is, at any depth; absent members not at all', () => {
    expect(encodeJson({ a: [2n ** 62n, { b: -1n, c: undefined }], d: 'é\n', e: null })).toBe('{"a":[4611686018427387904,{"b":-1}],"d":"é\\n","e":null}');
    expect(encodeJsonBytes({ a: 1 })).toEqual(new TextEncoder().encode('{"a":1}'));
  });

  test('what was read is written alike', () => {
    const text = '{"z":[1,9007199254740993],"a":{"__proto__":"x"},"m":[true,null,1.5]}';
    expect(encodeJson(parseJson(text))).toBe(text);
  });
});

function reads(read: (text: string) => unknown, text: string): boolean {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
}
