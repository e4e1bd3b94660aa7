import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeJson, readJson } from '#api/codec/json';
import { decodeTyped } from '#api/codec/typed';
import { typeOf } from '#api/schema/schema';
import type { StructType } from '#api/schema/struct-type';

function decoded(group: string, kind: string, value: object): Record<string, unknown> {
  return decodeTyped(readJson(JSON.stringify(value)), structOf(group, kind)).value;
}

function structOf(group: string, kind: string): StructType {
  const struct = typeOf(group, 'v1', kind);
  if (!struct) throw new Error(`no ${kind}`);
  return struct;
}

describe('what comes back is what Go would write', () => {
  test('zero values that Go leaves out go, those that it writes come', () => {
    const pod = { metadata: { name: 'a', labels: {}, generation: 0 }, spec: { hostNetwork: false, priority: 0, containers: [{ env: [{ valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }], stdin: true }] } };
    expect(decoded('', 'Pod', pod)).toEqual({
      metadata: { name: 'a' },
      spec: { priority: 0, containers: [{ name: '', env: [{ name: '', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } }], resources: {}, stdin: true }] },
      status: {},
    });
  });

  test('null is absent, in maps and lists the zero value', () => {
    expect(decoded('', 'ConfigMap', { metadata: { name: null }, data: { a: null }, immutable: null })).toEqual({ metadata: {}, data: { a: '' } });
    expect(decoded('', 'Pod', { spec: { containers: [{ name: 'a', args: [null, 'x'], ports: null }], nodeSelector: null } })).toMatchObject({ spec: { containers: [{ name: 'a', args: ['', 'x'], resources: {} }] } });
  });

  test('a time that is null in a map is no time', () => {
    const budget = decoded('policy', 'PodDisruptionBudget', { status: { disruptedPods: { a: null } } });
    expect(Object.keys((budget as { status: object }).status)).not.toContain('disruptedPods');
  });

  test('fields in Go order, keys of maps sorted', () => {
    expect(encodeJson(decoded('', 'ConfigMap', { data: { b: '1', a: '2' }, metadata: { name: 'x' }, kind: 'ConfigMap' }))).toBe('{"kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"2","b":"1"}}');
  });

  test('quantities, times and bytes in their canonical form', () => {
    expect(decoded('', 'ResourceQuota', { spec: { hard: { cpu: '1000m', memory: 0.5 } } })).toMatchObject({ spec: { hard: { cpu: '1', memory: '500m' } } });
    expect(decoded('coordination.k8s.io', 'Lease', { metadata: { creationTimestamp: '2026-01-02T03:04:05.5+01:00' }, spec: { renewTime: '2026-01-02T03:04:05.123456+01:00' } })).toEqual({
      metadata: { creationTimestamp: '2026-01-02T02:04:05Z' },
      spec: { renewTime: '2026-01-02T02:04:05.123456Z' },
    });
    expect(decoded('', 'Secret', { data: { a: 'aG\nl=', b: '' } })).toMatchObject({ data: { a: 'aGk=', b: '' } });
  });

  test('a repeated struct or map is filled further, a repeated list replaced', () => {
    const text = '{"metadata":{"name":"a","labels":{"x":"1"},"finalizers":["f"]},"metadata":{"labels":{"y":"2"},"finalizers":["g"]}}';
    expect(decodeTyped(readJson(text), structOf('', 'ConfigMap'))).toEqual({
      value: { metadata: { name: 'a', labels: { x: '1', y: '2' }, finalizers: ['g'] } },
      problems: ['duplicate field "metadata"'],
    });
  });

  test('int64 beyond 2^53', () => {
    const pod = decodeTyped(readJson('{"spec":{"terminationGracePeriodSeconds":9223372036854775807}}'), structOf('', 'Pod')).value;
    expect(pod).toMatchObject({ spec: { terminationGracePeriodSeconds: 9223372036854775807n } });
  });
});

test('decoding twice changes nothing more', () => {
  const leaf = fc.oneof(fc.constant(null), fc.string({ maxLength: 4 }), fc.integer({ min: -3, max: 3 }), fc.boolean());
  const container = fc.record({ name: fc.string(), args: fc.array(fc.string()), stdin: fc.boolean(), env: fc.array(fc.record({ name: fc.string(), value: fc.string() }, { requiredKeys: [] })), other: leaf }, { requiredKeys: [] });
  const pod = fc.record({ metadata: fc.record({ labels: fc.dictionary(fc.string(), fc.string()), generation: fc.nat() }, { requiredKeys: [] }), spec: fc.record({ containers: fc.array(container), priority: fc.integer() }, { requiredKeys: [] }) }, { requiredKeys: [] });
  fc.assert(
    fc.property(pod, (value) => {
      const once = decoded('', 'Pod', value);
      expect(encodeJson(decoded('', 'Pod', once))).toBe(encodeJson(once));
    }),
  );
});
