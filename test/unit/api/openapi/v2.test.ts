import { expect, test } from 'vitest';
import { WIRE, WireReader } from '#api/codec/wire-reader';
import { encodeGnostic } from '#api/openapi/gnostic';
import { openApiV2Document } from '#api/openapi/v2';
import { RESOURCES } from '#api/resources';

const document = openApiV2Document(RESOURCES);

test('what kubectl reads of a type: its kind, its keys, its strategy', () => {
  expect(document.definitions['io.k8s.api.apps.v1.Deployment']?.['x-kubernetes-group-version-kind']).toEqual([{ group: 'apps', kind: 'Deployment', version: 'v1' }]);
  const { properties } = document.definitions['io.k8s.api.core.v1.ServiceSpec'] as { properties: Record<string, object> };
  expect(properties['ports']).toEqual({
    type: 'array',
    items: { $ref: '#/definitions/io.k8s.api.core.v1.ServicePort' },
    'x-kubernetes-list-map-keys': ['port', 'protocol'],
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-patch-merge-key': 'port',
    'x-kubernetes-patch-strategy': 'merge',
  });
});

test('patches name their four media types and take fieldValidation', () => {
  const patch = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.patch;
  expect(patch?.consumes).toEqual(['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml']);
  expect(patch?.parameters.map(({ name }) => name)).toEqual(['body', 'dryRun', 'fieldManager', 'fieldValidation', 'force']);
});

test('operation ids are unique', () => {
  const ids = [...JSON.stringify(document.paths).matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

// Numbers of gnostic's OpenAPIv2.proto, read back by hand: Document.definitions is 9, its entries 1, {name 1, value 2}.
test('the protobuf form holds the same definitions and paths', () => {
  const top = fields(encodeGnostic(document));
  expect(text(top, 1)).toBe('2.0');
  const definitions = entries(fields(bytes(top, 9)), 1);
  expect([...definitions.keys()]).toEqual(Object.keys(document.definitions));
  expect([...entries(fields(bytes(top, 8)), 2).keys()]).toEqual(Object.keys(document.paths));

  const service = entries(fields(bytes(fields(definitions.get('io.k8s.api.core.v1.ServiceSpec')), 25)), 1);
  const ports = fields(service.get('ports'));
  expect(text(fields(bytes(ports, 22)), 1)).toBe('array');
  expect(text(fields(bytes(fields(bytes(ports, 23)), 1)), 1)).toBe('#/definitions/io.k8s.api.core.v1.ServicePort');
  const extensions = entries(ports, 31);
  expect(text(fields(extensions.get('x-kubernetes-list-map-keys')), 2)).toBe('["port","protocol"]\n');
});

type Fields = { number: number; value: Uint8Array }[];

function fields(message: Uint8Array | undefined): Fields {
  const reader = new WireReader(message ?? new Uint8Array());
  const found: Fields = [];
  for (let tag = reader.tag(); tag; tag = reader.tag()) {
    if (tag.wire === WIRE.bytes) found.push({ number: tag.number, value: reader.bytes() });
    else reader.skip(tag.wire);
  }
  return found;
}

function bytes(message: Fields, number: number): Uint8Array | undefined {
  return message.find((field) => field.number === number)?.value;
}

function text(message: Fields, number: number): string {
  return new TextDecoder().decode(bytes(message, number));
}

function entries(message: Fields, number: number): Map<string, Uint8Array | undefined> {
  return new Map(message.filter((field) => field.number === number).map(({ value }) => [text(fields(value), 1), bytes(fields(value), 2)]));
}
