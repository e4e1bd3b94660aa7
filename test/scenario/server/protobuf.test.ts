import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeProtobuf, PROTOBUF_MEDIA_TYPE } from '#api/codec/protobuf';
import { WireReader } from '#api/codec/wire-reader';
import { RESOURCES } from '#api/resources';
import { typeOf } from '#api/schema/schema';
import { requestOf, startApiServer, type ApiServer } from '#test/support/api-server';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
  await api.request('POST', MAPS, { body: { metadata: { name: 'm', labels: { a: 'b' } }, data: { k: 'v' } } });
});
afterAll(() => api.close());

const MAPS = '/api/v1/namespaces/default/configmaps';

async function asked(path: string, accept = PROTOBUF_MEDIA_TYPE): Promise<{ status: number; type: string | null; bytes: Uint8Array }> {
  const response = await api.fetch(requestOf('GET', path, { token: api.adminToken, headers: { accept } }));
  return { status: response.status, type: response.headers.get('content-type'), bytes: new Uint8Array(await response.arrayBuffer()) };
}

test.each([`${MAPS}/m`, MAPS, '/api/v1/namespaces/default', '/apis/rbac.authorization.k8s.io/v1/clusterroles'])('%s in protobuf says what it says in JSON', async (path) => {
  const { status, type, bytes } = await asked(path);
  expect([status, type]).toEqual([200, PROTOBUF_MEDIA_TYPE]);
  expect(decodeProtobuf(bytes).object).toMatchObject((await api.request('GET', path)).json);
});

test('metadata alone has a message, a Table has none', async () => {
  const { bytes } = await asked(`${MAPS}/m`, `${PROTOBUF_MEDIA_TYPE};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`);
  expect(decodeProtobuf(bytes)).toMatchObject({ apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', object: { metadata: { name: 'm', labels: { a: 'b' } } } });
  expect((await asked(`${MAPS}/m`, `${PROTOBUF_MEDIA_TYPE};as=Table;g=meta.k8s.io;v=v1`)).status).toBe(406);
});

test('a refusal comes as the client reads it', async () => {
  const { status, type, bytes } = await asked(`${MAPS}/none`);
  expect([status, type]).toEqual([404, PROTOBUF_MEDIA_TYPE]);
  expect(decodeProtobuf(bytes).object).toMatchObject({ kind: 'Status', apiVersion: 'v1', reason: 'NotFound', code: 404, details: { name: 'none', kind: 'configmaps' } });
});

test('who takes JSON too is given JSON', async () => {
  expect((await asked(`${MAPS}/m`, `${PROTOBUF_MEDIA_TYPE}, application/json`)).type).toBe('application/json');
});

test('a watch comes as frames: the length in four bytes, then an event whose object is enveloped', async () => {
  const { type, bytes } = await asked(`${MAPS}?watch=true&untilHead=true&fieldSelector=metadata.name%3Dm`);
  expect(type).toBe(`${PROTOBUF_MEDIA_TYPE};stream=watch`);
  const events = framesOf(bytes).map(eventOf);
  expect(events.map((event) => event.type)).toEqual(['ADDED', 'BOOKMARK']);
  expect(events[0]?.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'm' }, data: { k: 'v' } });
  expect(events[1]?.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
});

test('every kind that is served has a message', () => {
  const kinds = RESOURCES.flatMap(({ group, version, kind, verbs }) => [kind, ...(verbs.includes('list') ? [`${kind}List`] : [])].map((name) => ({ group, version, name })));
  expect(kinds.filter(({ group, version, name }) => (typeOf(group, version, name)?.message.length ?? 0) === 0)).toEqual([]);
});

// WatchEvent {type: 1, object: 2 {raw: 1}}
function eventOf(frame: Uint8Array): { type: string; object: object } {
  const reader = new WireReader(frame);
  expect(reader.tag()?.number).toBe(1);
  const type = reader.string();
  expect(reader.tag()?.number).toBe(2);
  const extension = reader.message();
  expect(extension.tag()?.number).toBe(1);
  return { type, object: decodeProtobuf(extension.bytes()).object };
}

function framesOf(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at);
    frames.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return frames;
}
