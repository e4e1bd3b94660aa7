import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, requestOf, type ApiServer } from '#test/support/api-server';
import { manualClock, type ManualClock } from '#test/support/clock';
import { gunzipSync, gzipSync } from 'node:zlib';

let api: ApiServer;
let clock: ManualClock;
const MAPS = '/api/v1/namespaces/default/configmaps';

beforeAll(async () => {
  clock = manualClock();
  api = await startApiServer({ clock });
  for (const name of ['a', 'b', 'c', 'd', 'e']) await api.request('POST', MAPS, { body: { metadata: { name, labels: { vowel: String('ae'.includes(name)) } } } });
});
afterAll(() => api.close());

const names = (list: { items: { metadata: { name: string } }[] }) => list.items.map(({ metadata }) => metadata.name);

test('pages are of one moment, whatever happens in between', async () => {
  const first = (await api.request('GET', `${MAPS}?limit=2`)).json;
  expect([names(first), first.metadata.remainingItemCount]).toEqual([['a', 'b'], 3]);
  await api.request('DELETE', `${MAPS}/d`);
  const rest = (await api.request('GET', `${MAPS}?limit=5&continue=${first.metadata.continue}`)).json;
  expect(names(rest)).toEqual(['c', 'd', 'e']);
  expect(rest.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
  await api.request('POST', MAPS, { body: { metadata: { name: 'd' } } });
});

test('a token lives five minutes; then its list goes on inconsistently, with another revision', async () => {
  const first = (await api.request('GET', `${MAPS}?limit=2`)).json;
  await clock.advance(5 * 60_000 + 1);
  const expired = (await api.request('GET', `${MAPS}?limit=2&continue=${first.metadata.continue}`)).json;
  expect(expired).toMatchObject({ code: 410, reason: 'Expired' });
  expect(expired.message).toMatch(/^The provided continue parameter is too old to display a consistent list result\./);
  const rest = (await api.request('GET', `${MAPS}?continue=${expired.metadata.continue}`)).json;
  expect(names(rest)).toEqual(['c', 'd', 'e']);
  expect(Number(rest.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
});

test('the past can be listed exactly, the future not at all', async () => {
  const now = (await api.request('GET', MAPS)).json.metadata.resourceVersion;
  await api.request('POST', MAPS, { body: { metadata: { name: 'later' } } });
  const past = (await api.request('GET', `${MAPS}?resourceVersion=${now}&resourceVersionMatch=Exact`)).json;
  expect([names(past).includes('later'), past.metadata.resourceVersion]).toEqual([false, now]);
  await api.request('DELETE', `${MAPS}/later`);
  const asked = api.request('GET', `${MAPS}?resourceVersion=99999&resourceVersionMatch=Exact`);
  expect((await asked).json).toMatchObject({ code: 504, reason: 'Timeout', details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 } });
});

test('selectors narrow a list, and make what remains unknown', async () => {
  const list = (await api.request('GET', `${MAPS}?labelSelector=vowel%3Dtrue&limit=1`)).json;
  expect(names(list)).toEqual(['a']);
  expect(list.metadata.remainingItemCount).toBeUndefined();
  expect(names((await api.request('GET', `${MAPS}?fieldSelector=metadata.name%3Dc`)).json)).toEqual(['c']);
});

test.each([
  ['resourceVersionMatch=Exact', 422, 'resourceVersionMatch is forbidden unless resourceVersion is provided'],
  ['resourceVersion=0&resourceVersionMatch=Exact', 422, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'],
  ['resourceVersion=5&resourceVersionMatch=Foo', 422, 'Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""'],
  ['resourceVersion=5&resourceVersionMatch=Exact&continue=abc', 422, 'resourceVersionMatch is forbidden when continue is provided'],
  ['sendInitialEvents=true', 422, 'sendInitialEvents is forbidden for list'],
  ['resourceVersion=abc', 400, 'invalid resource version: resourceVersion: Invalid value: "abc"'],
  ['limit=a', 400, 'strconv.ParseInt: parsing "a": invalid syntax'],
  ['continue=zzz', 400, 'invalid continue token: continue key is not valid: '],
  ['labelSelector=a%20in', 400, "unable to parse requirement: found '' expected: '('"],
])('a list with %s is refused', async (query, code, message) => {
  const { json } = await api.request('GET', `${MAPS}?${query}`);
  expect(json.code).toBe(code);
  expect(json.message).toContain(message);
});

test('metadata alone', async () => {
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  const list = (await api.request('GET', `${MAPS}?limit=1`, { headers: { accept } })).json;
  expect(list).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'a' } }] });
});

test('a large list goes out compressed to whoever takes it', async () => {
  const zipping = await startApiServer();
  zipping.deps.gzip = async (body) => gzipSync(body);
  await zipping.request('POST', MAPS, { body: { metadata: { name: 'large' }, data: { k: 'x'.repeat(200_000) } } });
  const response = await zipping.fetch(requestOf('GET', MAPS, { token: zipping.adminToken, headers: { 'accept-encoding': 'gzip' } }));
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(JSON.parse(gunzipSync(Buffer.from(await response.arrayBuffer())).toString())).toMatchObject({ items: [{ metadata: { name: 'large' } }] });
  expect((await zipping.request('GET', MAPS)).headers.get('content-encoding')).toBeNull();
  await zipping.close();
});

test('what cannot be given is not acceptable', async () => {
  for (const accept of ['application/xml', 'text/html', 'application/json;as=Foo;g=meta.k8s.io;v=v1']) {
    expect((await api.request('GET', MAPS, { headers: { accept } })).json).toMatchObject({ code: 406, reason: 'NotAcceptable' });
  }
  for (const accept of ['application/vnd.kubernetes.protobuf,application/json', 'application/vnd.kubernetes.protobuf']) expect((await api.request('GET', MAPS, { headers: { accept } })).status).toBe(200);
});

test('history that is gone is told as gone, to lists and to watches', async () => {
  const aging = manualClock();
  const old = await startApiServer({ clock: aging });
  const create = (name: string) => old.request('POST', MAPS, { body: { metadata: { name } } });
  await create('first');
  const { json: then } = await old.request('GET', MAPS);
  await create('second');
  await aging.advance(3 * 24 * 3_600_000);
  for (let i = 0; i < 50; i++) await create(`later-${i}`);
  const list = await old.request('GET', `${MAPS}?resourceVersion=${then.metadata.resourceVersion}&resourceVersionMatch=Exact`);
  expect(list.json).toMatchObject({ code: 410, reason: 'Expired', message: 'The resourceVersion for the provided list is too old.' });
  const watch = await old.request('GET', `${MAPS}?watch=true&resourceVersion=${then.metadata.resourceVersion}`);
  expect(watch.json).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  expect(watch.json.object.message).toMatch(new RegExp(`^too old resource version: ${then.metadata.resourceVersion} \\(\\d+\\)$`));
  await old.close();
});

test('fields are named as in the version that is asked for', async () => {
  const regarding = { kind: 'Pod', namespace: 'default', name: 'p' };
  const event = { metadata: { name: 'told' }, regarding, reportingController: 'me.example/it', reportingInstance: 'it-1', action: 'Look', reason: 'Seen', type: 'Normal', eventTime: '2026-01-01T00:00:00.000000Z' };
  expect((await api.request('POST', '/apis/events.k8s.io/v1/namespaces/default/events', { body: event })).json).toMatchObject({ metadata: { name: 'told' } });
  const selected = async (path: string, selector: string): Promise<unknown> => {
    const { json } = await api.request('GET', `${path}?fieldSelector=${encodeURIComponent(selector)}`);
    return json.items === undefined ? json.message : names(json);
  };
  const newer = '/apis/events.k8s.io/v1/events';
  expect(await selected(newer, 'reportingController=me.example/it,regarding.kind=Pod')).toEqual(['told']);
  expect(await selected(newer, 'reportingController=other')).toEqual([]);
  expect(await selected(newer, 'involvedObject.kind=Pod')).toBe('field label not supported: involvedObject.kind');
  expect(await selected('/api/v1/events', 'involvedObject.kind=Pod')).toEqual(['told']);
  const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  expect(await selected(requests, 'spec.signerName=a')).toEqual([]);
  expect(await selected(requests, 'spec.x=a')).toBe('field label not supported: spec.x');
});

test('a long list that goes out in pieces is the same to the byte, and as long as it says', async () => {
  const secrets = '/api/v1/namespaces/default/secrets';
  for (let i = 0; i < 24; i++) await api.request('POST', secrets, { body: { metadata: { name: `long-${i}` }, stringData: { text: `${i}`.repeat(20_000) } } });
  const request = requestOf('GET', secrets, { token: api.adminToken });
  const pretty = (await api.fetch(requestOf('GET', `${secrets}?pretty=true`, { token: api.adminToken }))).text();
  const whole = Buffer.from(await (await api.fetch(request)).arrayBuffer());
  expect(JSON.parse(whole.toString())).toEqual(JSON.parse(await pretty));

  let said = 0;
  let sent: Promise<Buffer> | undefined;
  await api.fetch(request, {
    sendLong: ({ chunks, headers }) => {
      said = Number(headers.get('content-length'));
      sent = copied(chunks);
      return new Response(null);
    },
  });
  const pieces = await sent;
  expect(pieces?.equals(whole)).toBe(true);
  expect(said).toBe(whole.length);
  expect(whole.length).toBeGreaterThan(512 * 1024);
});

// The memory of a piece is used again for the next.
async function copied(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of chunks) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}
