import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApplyConflict } from '#api/managed-fields/conflicts';
import { difference, fieldSet, intersection, isEmpty, union, NO_FIELDS } from '#api/managed-fields/field-set';
import { readManagers } from '#api/managed-fields/managers';
import { ownedFields } from '#api/managed-fields/owned-fields';
import { mergeTypeOf } from '#api/managed-fields/schema-types';
import { applyConfiguration, trackUpdate, withSettledTimes } from '#api/managed-fields/track';
import { trackedKind } from '#api/managed-fields/tracked-kind';
import type { KubeObject } from '#api/object';
import { resourceFor } from '#api/resources';
import { structNamed } from '#api/schema/schema';
import type { ApiResource } from '#api/resource';

// Laws of ownership, over configurations with every kind of list and map; what an API server makes of them exactly is in test/differential/apply.
const pods = trackedKind(resourceFor('', 'v1', 'pods') as ApiResource, '');
const POD = mergeTypeOf(structNamed('core/v1.Pod'));

const text = fc.constantFrom('1', '2', '3');
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const some = (names: string[]): fc.Arbitrary<string[]> => fc.shuffledSubarray(names, { minLength: 1 });
const container = (name: string): fc.Arbitrary<object> =>
  fc.record({ name: fc.constant(name), image: text, args: optional(some(['x', 'y'])), env: optional(some(['E', 'F']).map((names) => names.map((one) => ({ name: one, value: 'v' })))) }).map(defined);
const config: fc.Arbitrary<KubeObject> = fc
  .record({
    metadata: fc.record({ labels: optional(fc.dictionary(fc.constantFrom('a', 'b'), text, { minKeys: 1 })), finalizers: optional(some(['x/a', 'x/b', 'x/c'])) }).map(defined),
    spec: fc.record({ containers: some(['a', 'b', 'c']).chain((names) => fc.tuple(...names.map(container))), nodeSelector: optional(fc.dictionary(fc.constantFrom('a', 'b'), text, { minKeys: 1 })), priority: optional(fc.nat(2)) }).map(defined),
  })
  .map((fields) => ({ apiVersion: 'v1', kind: 'Pod', ...fields }) as KubeObject);

const step = fc.record({ name: fc.constantFrom('one', 'two', 'three'), config, isUpdate: fc.boolean() });

function applied(live: KubeObject | undefined, name: string, wanted: KubeObject, force = true): KubeObject {
  return plain(applyConfiguration(pods, wanted, { live, writer: { name, subresource: '', now: NOW }, force }));
}

const NOW = '2026-01-01T00:00:00Z';

function history(steps: { name: string; config: KubeObject; isUpdate: boolean }[]): KubeObject | undefined {
  let live: KubeObject | undefined;
  for (const { name, config: wanted, isUpdate } of steps) {
    const { managedFields } = live?.metadata ?? {};
    const next = { ...wanted, metadata: { ...wanted.metadata, ...(managedFields && { managedFields }) } };
    live = isUpdate ? plain(trackUpdate(pods, next, { live, writer: { name, subresource: '', now: NOW } })) : applied(live, name, wanted);
  }
  return live;
}

test('applying again changes nothing; what is applied is there, and is owned', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4 }), config, (steps, wanted) => {
      const once = applied(history(steps), 'one', wanted);
      expect(applied(once, 'one', wanted, false)).toEqual(once);
      const owned = [...readManagers(once.metadata.managedFields).values()].find(({ name, operation }) => name === 'one' && operation === 'Apply')?.fields ?? NO_FIELDS;
      const asked = difference(ownedFields(POD, wanted), fieldSet(['f:apiVersion'], ['f:kind'], ['f:metadata']));
      expect(isEmpty(difference(owned, asked)) && isEmpty(difference(asked, owned))).toBe(true);
      expect(ownedFieldsMissing(once)).toBe(false);
    }),
  );
});

test('without force, an apply that is let through takes nothing from anybody', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), config, (steps, wanted) => {
      const live = history(steps);
      const before = [...readManagers(live?.metadata.managedFields).entries()].filter(([, { name, operation }]) => name !== 'one' || operation !== 'Apply');
      let after: KubeObject;
      try {
        after = applied(live, 'one', wanted, false);
      } catch (error) {
        expect(error).toBeInstanceOf(ApplyConflict);
        return;
      }
      const managers = readManagers(after.metadata.managedFields);
      for (const [id, { fields }] of before) expect(isEmpty(difference(intersection(fields, ownedFields(POD, after)), managers.get(id)?.fields ?? NO_FIELDS))).toBe(true);
    }),
  );
});

test('who applies nothing any more owns nothing, and takes away only what nobody else owns', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3 }), config, (steps, wanted) => {
      // Who updates may own a field of an item and not the item: that goes with it.
      const live = applied(history(steps.map((one) => ({ ...one, isUpdate: false }))), 'one', wanted);
      const after = applied(live, 'one', { apiVersion: 'v1', kind: 'Pod', metadata: {} });
      const managers = [...readManagers(after.metadata.managedFields).values()];
      expect(managers.some(({ name, operation }) => name === 'one' && operation === 'Apply')).toBe(false);
      const others = [...readManagers(live.metadata.managedFields).values()].filter(({ name, operation }) => name !== 'one' || operation !== 'Apply').map(({ fields }) => fields);
      const kept = others.reduce(union, NO_FIELDS);
      expect(isEmpty(difference(intersection(kept, ownedFields(POD, live)), ownedFields(POD, after)))).toBe(true);
    }),
  );
});

test('only what a write has changed gets its time; the newest entry is the last of its operation', () => {
  const map = trackedKind(resourceFor('', 'v1', 'configmaps') as ApiResource, '');
  const write = (live: KubeObject | undefined, name: string, data: object, now: string): KubeObject =>
    trackUpdate(map, { metadata: { ...live?.metadata, name: 'x' }, data }, { live, writer: { name, subresource: '', now } });
  const times = (object: KubeObject): unknown[] => (object.metadata.managedFields ?? []).map(({ manager, time }) => [manager, time]);
  const first = write(undefined, 'b', { a: '1' }, '2026-01-01T00:00:01Z');
  const second = write(first, 'a', { a: '1', b: '1' }, '2026-01-01T00:00:02Z');
  expect(times(second)).toEqual([['b', '2026-01-01T00:00:01Z'], ['a', '2026-01-01T00:00:02Z']]);
  expect(times(write(second, 'a', { a: '1', b: '1' }, '2026-01-01T00:00:03Z'))).toEqual(times(second));
  expect(times(write(second, 'b', { a: '2', b: '1' }, '2026-01-01T00:00:03Z'))).toEqual([['a', '2026-01-01T00:00:02Z'], ['b', '2026-01-01T00:00:03Z']]);
  const same = { ...second, metadata: { ...second.metadata, managedFields: second.metadata.managedFields?.map((entry) => ({ ...entry, time: '2026-01-01T00:00:09Z' })) ?? [] } };
  expect(times(withSettledTimes(same, second))).toEqual(times(second));
});

// In the sense of what applies: fields of a manager that the object does not have.
function ownedFieldsMissing(object: KubeObject): boolean {
  const there = ownedFields(POD, object);
  const items = [...readManagers(object.metadata.managedFields).values()].filter(({ operation }) => operation === 'Apply').map(({ fields }) => fields);
  return !isEmpty(difference(items.reduce(union, NO_FIELDS), there));
}

function plain(object: KubeObject): KubeObject {
  return JSON.parse(JSON.stringify(object, (_key, value: unknown) => value ?? undefined)) as KubeObject;
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
