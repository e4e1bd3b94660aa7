import { expect, test } from 'vitest';
import { RESOURCES, resourceFor, resourceOfKind } from '#api/resources';
import { structNamed, structNames, typeOf } from '#api/schema/schema';
import type { TypeRef } from '#api/schema/struct-type';

function field(group: string, version: string, kind: string, ...path: string[]) {
  let struct = typeOf(group, version, kind);
  for (const [i, name] of path.entries()) {
    const found = struct?.fields.get(name);
    if (!found || i === path.length - 1) return found;
    struct = structNamed(innermost(found.type));
  }
  return undefined;
}

function innermost(type: TypeRef): string {
  if (type.kind === 'list' || type.kind === 'map') return innermost(type.of);
  return type.kind === 'struct' ? type.name : type.kind;
}

test('every served resource and subresource has a type', () => {
  const without = RESOURCES.flatMap((resource) =>
    [resource, ...resource.subresources].filter(({ group, version, kind }) => !typeOf(group, version, kind)).map(({ kind }) => kind),
  );
  expect(without).toEqual([]);
});

test('every reference of the table leads to a struct', () => {
  for (const name of structNames()) for (const { type } of structNamed(name).fields.values()) if (innermost(type).includes('.')) structNamed(innermost(type));
});

test('JSON names, optionality and protobuf numbers are those of the Go types', () => {
  expect(field('', 'v1', 'Pod', 'spec', 'containers')).toMatchObject({ optional: false, required: true, protobuf: 2, type: { kind: 'list', of: { kind: 'struct', name: 'core/v1.Container' } } });
  expect(field('', 'v1', 'Pod', 'spec', 'terminationGracePeriodSeconds')).toMatchObject({ optional: true, pointer: true, type: { kind: 'int64' } });
  expect(field('', 'v1', 'Service', 'spec', 'ports', 'targetPort')?.type.kind).toBe('intOrString');
  expect(field('', 'v1', 'Node', 'status', 'capacity')?.type).toEqual({ kind: 'map', of: { kind: 'quantity' } });
});

test('fields of embedded structs stand in the JSON of their parent, and behind a number on the wire', () => {
  const volume = structNamed('core/v1.Volume');
  expect(volume.fields.get('emptyDir')?.type).toEqual({ kind: 'struct', name: 'core/v1.EmptyDirVolumeSource' });
  expect(volume.message.map(({ number, embedded }) => [number, embedded])).toEqual([[1, false], [2, true]]);
  expect(typeOf('', 'v1', 'Pod')?.fields.get('apiVersion')?.type.kind).toBe('string');
});

test('merge facts come with the fields', () => {
  expect(field('', 'v1', 'Service', 'spec', 'ports')).toMatchObject({ patchStrategy: 'merge', patchMergeKey: 'port', listType: 'map', listMapKeys: ['port', 'protocol'] });
  expect(field('', 'v1', 'Service', 'spec', 'ports', 'protocol')?.default).toBe('TCP');
  expect(field('', 'v1', 'Service', 'spec', 'selector')?.mapType).toBe('atomic');
  expect(field('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'status', 'conditions')).toMatchObject({ listType: 'map', listMapKeys: ['type'] });
  expect(structNamed('meta/v1.LabelSelector').atomic).toBe(true);
});

test('options are kinds of every group, Status of every built-in one', () => {
  expect(typeOf('apps', 'v1', 'DeleteOptions')?.name).toBe('meta/v1.DeleteOptions');
  expect(typeOf('', 'v1', 'Status')?.name).toBe('meta/v1.Status');
  expect(typeOf('example.com', 'v1', 'DeleteOptions')?.name).toBe('meta/v1.DeleteOptions');
  expect(typeOf('example.com', 'v1', 'Widget')).toBeUndefined();
  expect(typeOf('example.com', 'v1', 'Status')).toBeUndefined();
});

test('resources are found by plural and by kind, and share storage where Kubernetes does', () => {
  expect(resourceFor('apps', 'v1', 'deployments')).toMatchObject({ kind: 'Deployment', shortNames: ['deploy'], categories: ['all'] });
  expect(resourceOfKind('', 'v1', 'Pod')?.subresources.map(({ name }) => name)).toContain('eviction');
  expect(resourceFor('events.k8s.io', 'v1', 'events')?.storage).toEqual({ group: '', version: 'v1', resource: 'events' });
  expect(resourceFor('autoscaling', 'v1', 'horizontalpodautoscalers')?.storage.version).toBe('v2');
  expect(resourceFor('apps', 'v1', 'widgets')).toBeUndefined();
});
