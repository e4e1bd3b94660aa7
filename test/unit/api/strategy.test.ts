import { expect, test } from 'vitest';
import { applyDefaults } from '#api/defaulting';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { beforeCreate, beforeUpdate } from '#api/strategy';

const context = { now: '2026-01-01T00:00:00Z' };

test('what only the server sets is dropped on creation', () => {
  const object = configMap({ deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 3 });
  expect(beforeCreate(CONFIG_MAPS, object, context).fields).toEqual([]);
  expect(object.metadata).not.toHaveProperty('deletionTimestamp');
  expect(object.metadata).not.toHaveProperty('deletionGracePeriodSeconds');
});

test('a namespace is active and finalized from its creation', () => {
  const object: KubeObject = { metadata: { name: 'shop' }, status: { phase: 'Terminating' } };
  applyDefaults(NAMESPACES, object);
  expect(beforeCreate(NAMESPACES, object, context).fields).toEqual([]);
  expect(object).toMatchObject({ metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
});

test('an update of the object leaves the status alone, an update of the status leaves the rest alone', () => {
  const old: KubeObject = { metadata: { name: 'shop', labels: { a: 'b' } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
  const whole = { ...structuredClone(old), status: { phase: 'Terminating' } };
  expect(beforeUpdate(NAMESPACES, { object: whole, old }, context).fields).toEqual([]);
  expect(whole.status).toEqual({ phase: 'Active' });

  const status = { metadata: { name: 'shop', labels: {} }, spec: {}, status: { phase: 'Active', conditions: [] } };
  expect(beforeUpdate(NAMESPACES, { object: status, old, subresource: 'status' }, context).fields).toEqual([]);
  expect(status).toMatchObject({ metadata: { labels: { a: 'b' } }, spec: { finalizers: ['kubernetes'] }, status: { conditions: [] } });
});

test('identity is immutable, and only the server counts and dates', () => {
  const old = configMap({ uid: 'u1', creationTimestamp: '2026-01-01T00:00:00Z', generation: 4 });
  const object = configMap({ uid: 'u2', creationTimestamp: '2030-01-01T00:00:00Z', generation: 9 });
  expect(beforeUpdate(CONFIG_MAPS, { object, old }, context).fields.map((error) => error.field)).toEqual(['metadata.uid']);
  expect(object.metadata).toMatchObject({ creationTimestamp: '2026-01-01T00:00:00Z', generation: 4 });
});

test('no finalizer joins an object that is being deleted', () => {
  const old = configMap({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/a'] });
  const object = configMap({ finalizers: ['example.com/a', 'example.com/b'] });
  expect(beforeUpdate(CONFIG_MAPS, { object, old }, context).fields).toEqual([
    { type: 'FieldValueForbidden', field: 'metadata.finalizers', message: expect.stringContaining('"example.com/b"') as string },
  ]);
});

function configMap(metadata: KubeObject['metadata']): KubeObject {
  return { metadata: { name: 'settings', namespace: 'default', ...metadata } };
}

const CONFIG_MAPS = resource('ConfigMap', 'configmaps', true);
const NAMESPACES: ApiResource = {
  ...resource('Namespace', 'namespaces', false),
  subresources: [{ name: 'status', group: '', version: 'v1', kind: 'Namespace', verbs: ['get', 'update', 'patch'] }],
};

function resource(kind: string, plural: string, namespaced: boolean): ApiResource {
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  const storage = { group: '', version: 'v1', resource: plural };
  return { group: '', version: 'v1', kind, resource: plural, singular: kind.toLowerCase(), shortNames: [], categories: [], namespaced, verbs, subresources: [], storage };
}
