import fc from 'fast-check';
import type { Field, LeafKind, StructType, TypeRef } from '#api/schema/struct-type';
import { structNamed } from '#api/schema/schema';

// Objects of any kind that the schema table knows, valid by type (not by the kind's own rules).
export type GeneratedObject = Record<string, unknown>;

const MAX_DEPTH = 12;
const RECURSION = 2; // JSON schemas contain themselves

/** Every field set, lists and maps with one element. The same struct nests in itself twice at most. */
export function fullObject(struct: StructType, path: string[] = []): GeneratedObject {
  const object: GeneratedObject = {};
  for (const field of fieldsOf(struct)) {
    const value = fullValue(field.type, field, [...path, struct.name]);
    if (value !== undefined) object[field.name] = value;
  }
  return object;
}

// Without apiVersion and kind of TypeMeta: the caller sets them on a whole object, and parts (items of a list) have none.
function fieldsOf(struct: StructType): Field[] {
  const own = new Set(struct.message.map(({ field }) => field.name));
  return [...struct.fields.values()].filter(({ name }) => own.has(name) || !['apiVersion', 'kind'].includes(name));
}

const FULL_LEAVES: Record<Exclude<LeafKind, 'string'>, unknown> = {
  bool: true,
  int32: 7,
  int64: 7,
  float: 1.5,
  bytes: 'AAH/',
  quantity: '250m',
  intOrString: '50%',
  time: '2026-01-02T03:04:05Z',
  microTime: '2026-01-02T03:04:05.000006Z',
  rawExtension: { apiVersion: 'example.com/v1', kind: 'Any' },
  fieldsV1: { 'f:spec': {} },
};

function fullValue(type: TypeRef, field: Field, path: string[]): unknown {
  switch (type.kind) {
    case 'string':
      return field.enum?.find((value) => value !== '') ?? `a-${field.name}`.toLowerCase();
    case 'json':
      return type.message === undefined ? { any: 1 } : fullUnion(type.message, path);
    case 'list': {
      const element = fullValue(type.of, field, path);
      return element === undefined ? undefined : [element];
    }
    case 'map': {
      const element = fullValue(type.of, field, path);
      return element === undefined ? undefined : { key: element };
    }
    case 'struct':
      return path.filter((name) => name === type.name).length >= RECURSION ? undefined : fullObject(structNamed(type.name), path);
    default:
      return structuredClone(FULL_LEAVES[type.kind]);
  }
}

function fullUnion(union: string, path: string[]): unknown {
  if (union === 'schemaOrStrings') return ['a', 'b'];
  if (path.filter((name) => name === 'apiextensions/v1.JSONSchemaProps').length >= RECURSION) return union === 'schemaOrBool' ? true : undefined;
  return fullObject(structNamed('apiextensions/v1.JSONSchemaProps'), path);
}

/** Any part of the fields set, to any value of their types. */
export function arbitraryObject(struct: StructType, depth = 0): fc.Arbitrary<GeneratedObject> {
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of fieldsOf(struct)) {
    const value = arbitraryValue(field.type, depth + 1);
    if (value) members[field.name] = value;
  }
  // Wide structs would explode otherwise: deeper, fewer are present.
  const present = depth === 0 ? 0.9 : 2 / Math.max(4, Object.keys(members).length);
  const options = Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name, fc.option(value, { nil: undefined, freq: Math.max(1, Math.round(present / (1 - present))) })]),
  );
  return fc.record(options).map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}

const ARBITRARY_LEAVES: Record<LeafKind, fc.Arbitrary<unknown>> = {
  string: fc.string({ unit: 'grapheme', maxLength: 12 }),
  bool: fc.boolean(),
  int32: fc.integer(),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
  float: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  bytes: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  quantity: fc.constantFrom('0', '1', '250m', '1Gi', '3e3'),
  intOrString: fc.oneof(fc.integer(), fc.string({ maxLength: 5 })),
  time: arbitrarySeconds().map((seconds) => `${isoOf(seconds)}Z`),
  microTime: fc.tuple(arbitrarySeconds(), fc.nat(999_999)).map(([seconds, micros]) => `${isoOf(seconds)}.${String(micros).padStart(6, '0')}Z`),
  rawExtension: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
  fieldsV1: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
};

function arbitraryValue(type: TypeRef, depth: number): fc.Arbitrary<unknown> | undefined {
  switch (type.kind) {
    case 'json':
      return type.message === undefined ? arbitraryJson() : arbitraryUnion(type.message, depth);
    case 'list': {
      const element = arbitraryValue(type.of, depth);
      return element && fc.array(element, { maxLength: 2 });
    }
    case 'map': {
      const element = arbitraryValue(type.of, depth);
      return element && fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), element, { maxKeys: 2 });
    }
    case 'struct':
      return depth >= MAX_DEPTH ? undefined : lazily(type.name, depth);
    default:
      return ARBITRARY_LEAVES[type.kind];
  }
}

// Made only when drawn: the whole tree of a Pod is large, and JSON schemas have no end.
function lazily(name: string, depth: number): fc.Arbitrary<GeneratedObject> {
  return fc.constant(name).chain((struct) => arbitraryObject(structNamed(struct), depth));
}

function arbitraryUnion(union: string, depth: number): fc.Arbitrary<unknown> {
  const schema = lazily('apiextensions/v1.JSONSchemaProps', depth + 4);
  if (union === 'schemaOrBool') return depth >= MAX_DEPTH - 4 ? fc.boolean() : fc.oneof(fc.boolean(), schema);
  if (union === 'schemaOrStrings') return fc.array(fc.string(), { minLength: 1, maxLength: 2 });
  return depth >= MAX_DEPTH - 4 ? fc.constant({}) : fc.oneof(schema, fc.array(schema, { minLength: 1, maxLength: 2 }));
}

function arbitraryJson(): fc.Arbitrary<unknown> {
  return fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 2 }), fc.dictionary(fc.string(), fc.integer(), { maxKeys: 2 }));
}

function arbitrarySeconds(): fc.Arbitrary<number> {
  return fc.integer({ min: -2_000_000_000, max: 200_000_000_000 });
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}
