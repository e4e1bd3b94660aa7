import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toGoForm } from '#api/codec/go-form';
import { decodeProtobuf, encodeProtobuf } from '#api/codec/protobuf';
import { ProtobufError } from '#api/codec/wire-reader';
import { kindsOf, structNamed } from '#api/schema/schema';
import type { StructType } from '#api/schema/struct-type';
import { RESOURCES } from '#api/resources';
import { arbitraryObject, fullObject, type GeneratedObject } from '#test/support/generated-object';

// Kinds with a message: Table and options of the connect verbs have none.
const groupVersions = [...new Set(RESOURCES.map(({ group, version }) => (group === '' ? version : `${group}/${version}`)))];
const kinds = groupVersions.flatMap((apiVersion) =>
  [...kindsOf(apiVersion)].map(([kind, struct]) => ({ apiVersion, kind, struct: structNamed(struct) })).filter(({ struct }) => struct.message.length > 0),
);

interface Kind {
  apiVersion: string;
  kind: string;
  struct: StructType;
}

// apiVersion and kind name the message; only a struct with TypeMeta has them as fields.
function expectRoundTrip({ apiVersion, kind, struct }: Kind, generated: GeneratedObject): void {
  const object = { ...generated, apiVersion, kind };
  const expected = structuredClone(object);
  toGoForm(struct, expected);
  expect(decodeProtobuf(encodeProtobuf(object)).object).toEqual({ ...expected, apiVersion, kind });
}

test.each(kinds)('$apiVersion $kind comes back with every field set', (kind) => {
  expectRoundTrip(kind, fullObject(kind.struct));
});

test('any object of any kind comes back as Go would write it', () => {
  const drawn = fc.constantFrom(...kinds).chain((kind) => fc.record({ kind: fc.constant(kind), object: arbitraryObject(kind.struct) }));
  fc.assert(fc.property(drawn, ({ kind, object }) => expectRoundTrip(kind, object)), { numRuns: 500 });
});

test('arbitrary bytes are refused or read, never anything else', () => {
  const pod = encodeProtobuf({ apiVersion: 'v1', kind: 'Pod', ...fullObject(structNamed('core/v1.Pod')) });
  const damage = fc.array(fc.tuple(fc.nat(pod.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
  const damaged = damage.map((changes) => {
    const bytes = pod.slice();
    for (const [at, byte] of changes) bytes[at] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.nat(pod.length).map((length) => pod.slice(0, length)), fc.uint8Array()), (bytes) => {
      try {
        decodeProtobuf(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('depth and number of elements are bounded', () => {
  const list = { apiVersion: 'v1', kind: 'ConfigMap', data: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key${i}`, ''])) };
  expect(() => decodeProtobuf(encodeProtobuf(list), { maxDepth: 10, maxElements: 19 })).toThrow(ProtobufError);
  const pod = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'a', env: [{ name: 'a' }] }] } };
  expect(() => decodeProtobuf(encodeProtobuf(pod), { maxDepth: 3, maxElements: 100 })).toThrow(ProtobufError);
  expect(decodeProtobuf(encodeProtobuf(pod), { maxDepth: 4, maxElements: 100 }).object).toMatchObject({ spec: { containers: [{ name: 'a', env: [{ name: 'a' }] }] } });
});

test('an unknown kind and a body without the magic are refused', () => {
  expect(() => encodeProtobuf({ apiVersion: 'example.com/v1', kind: 'Widget' })).toThrow(ProtobufError);
  expect(() => decodeProtobuf(new TextEncoder().encode('{"kind":"Pod"}'))).toThrow('provided data does not appear to be a protobuf message');
});

test('__proto__ is a key like any other', () => {
  const data = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
  const { object } = decodeProtobuf(encodeProtobuf({ apiVersion: 'v1', kind: 'ConfigMap', data } as object));
  expect(Object.keys(object['data'] as object)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(object['data'])).toBe(Object.prototype);
});
