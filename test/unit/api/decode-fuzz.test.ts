import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeJson } from '#api/codec/json';
import { DecodeError, decodeBody } from '#api/decode';
import { readPatch } from '#api/patch/patch';
import { RESOURCES } from '#api/resources';
import { structNamed, typeOf } from '#api/schema/schema';
import type { TypeRef } from '#api/schema/struct-type';
import { StatusError } from '#api/status';

// Objects drawn from the schema table, with mistakes strewn in: what they come to is an object or a refusal, never an accident.

interface Draw {
  /** A whole number below n. */
  below(n: number): number;
}

test('whatever a body says, it is decoded or refused', () => {
  let refused = 0;
  const runs = 1500;
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(...RESOURCES), fc.constantFrom('Ignore', 'Warn', 'Strict'), (seed, { group, version, kind }, fieldValidation) => {
      const body = text(kindType(group, version, kind), drawFrom(seed));
      const request = { contentType: seed % 3 === 0 ? 'application/yaml' : 'application/json', expected: { group, version, kind }, fieldValidation } as const;
      try {
        const { object } = decodeBody({ ...request, bytes: new TextEncoder().encode(body) });
        const again = decodeBody({ ...request, contentType: 'application/json', fieldValidation: 'Strict', bytes: new TextEncoder().encode(encodeJson(object)) });
        expect(encodeJson(again.object)).toBe(encodeJson(object));
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        refused++;
      }
    }),
    { numRuns: runs },
  );
  expect(refused).toBeGreaterThan(runs / 10);
  expect(refused).toBeLessThan((runs * 9) / 10);
});

test('whatever a patch says, it is applied or refused', () => {
  const media = fc.constantFrom('application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json');
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(...RESOURCES), media, (seed, { group, version, kind }, type) => {
      const draw = drawFrom(seed);
      const expected = { group, version, kind };
      const current = { apiVersion: group === '' ? version : `${group}/${version}`, kind, metadata: { name: 'a', finalizers: ['x'] }, spec: {} };
      const patch = type === 'application/json-patch+json' ? operations(draw) : text(kindType(group, version, kind), draw);
      try {
        readPatch(new TextEncoder().encode(patch), type).apply(current, { expected, fieldValidation: 'Warn' });
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});

function kindType(group: string, version: string, kind: string): TypeRef {
  return { kind: 'struct', name: typeOf(group, version, kind)?.name ?? '' };
}

// JSON text, so that keys can repeat and numbers keep their form.
function text(type: TypeRef, draw: Draw, depth = 0): string {
  if (draw.below(40) === 0) return pick(draw, MISTAKES);
  switch (type.kind) {
    case 'struct': {
      const fields = [...structNamed(type.name).fields.values()].filter(({ name }) => (depth > 0 || (name !== 'kind' && name !== 'apiVersion')) && draw.below(3) === 0 && depth < 8);
      const members = fields.map((field) => `${JSON.stringify(draw.below(100) === 0 ? `${field.name}x` : field.name)}:${text(field.type, draw, depth + 1)}`);
      if (members.length > 0 && draw.below(60) === 0) members.push(members[0] ?? '');
      return `{${members.join(',')}}`;
    }
    case 'list':
      return `[${several(draw, () => text(type.of, draw, depth + 1))}]`;
    case 'map':
      return `{${several(draw, () => `${JSON.stringify(pick(draw, ['a', 'b/c', '__proto__', '']))}:${text(type.of, draw, depth + 1)}`)}}`;
    default:
      return pick(draw, GOOD[type.kind]);
  }
}

const GOOD: Record<Exclude<TypeRef['kind'], 'struct' | 'list' | 'map'>, string[]> = {
  string: ['"a"', '""', '"é\\u0000"'],
  bool: ['true', 'false'],
  int32: ['0', '-1', '2147483647'],
  int64: ['0', '9223372036854775807'],
  float: ['0.5', '1e3', '7'],
  bytes: ['""', '"aGk="'],
  quantity: ['"1Gi"', '0.1', '"100m"', '5'],
  intOrString: ['80', '"25%"'],
  time: ['"2026-01-02T03:04:05Z"', 'null'],
  microTime: ['"2026-01-02T03:04:05.000001Z"'],
  json: ['{"a":[1.5,null]}', '5', 'null'],
  rawExtension: ['{"kind":"x"}'],
  fieldsV1: ['{"f:a":{}}'],
};

const MISTAKES = ['null', '"x"', '5', '-0.5', '1e400', '99999999999999999999', 'true', '[]', '{}', '[[{}]]', '{"$patch":"delete"}', '[null]', '{"a":{"a":1,"a":2}}', '', '}', '"\\ud800"'];

function operations(draw: Draw): string {
  const operation = () => `{"op":"${pick(draw, ['add', 'remove', 'replace', 'move', 'copy', 'test', 'x'])}","path":"${pick(draw, POINTERS)}","from":"${pick(draw, POINTERS)}","value":${pick(draw, MISTAKES)}}`;
  return `[${several(draw, operation)}]`;
}

const POINTERS = ['', '/', '/metadata', '/metadata/finalizers', '/metadata/finalizers/-', '/metadata/finalizers/0', '/metadata/finalizers/-9', '/spec/a', '/spec', '/kind', '/__proto__', '/__proto__/polluted', '/constructor/prototype/x', '~2'];

function several(draw: Draw, one: () => string): string {
  return Array.from({ length: draw.below(3) }, one).join(',');
}

function pick(draw: Draw, from: readonly string[]): string {
  return from[draw.below(from.length)] ?? '';
}

// mulberry32: small, and the same everywhere.
function drawFrom(seed: number): Draw {
  let state = seed | 0;
  return {
    below(n) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
    },
  };
}
