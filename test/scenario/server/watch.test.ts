import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { openWatch } from '#test/support/watch-lines';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer({ config: { watch: { maxDurationMs: 3_600_000, defaultDurationMs: 1_800_000, maxWatches: 3, clientsLeaveUnheard: false, bookmarkIntervalMs: 50 } } });
});
afterAll(() => api.close());

const MAPS = '/api/v1/namespaces/default/configmaps';
const create = async (name: string, labels: Record<string, string> = {}) => (await api.request('POST', MAPS, { body: { metadata: { name, labels } } })).json;

test('without a revision a watch begins with the state, and goes on with what happens', async () => {
  const before = await create('w1');
  const watch = await openWatch(api, `${MAPS}?watch=true&fieldSelector=metadata.name%3Dw1`);
  expect(await watch.next()).toEqual({ type: 'ADDED', object: before });
  await api.request('PUT', `${MAPS}/w1`, { body: { metadata: { name: 'w1' }, data: { a: 'b' } } });
  expect(await watch.next()).toMatchObject({ type: 'MODIFIED', object: { data: { a: 'b' } } });
  await api.request('DELETE', `${MAPS}/w1`);
  const deleted = await watch.next();
  expect(deleted).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'w1' }, data: { a: 'b' } } });
  expect(Number(deleted.object.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
  await watch.close();
});

test('an object that no longer matches is DELETED, one that begins to is ADDED', async () => {
  const { json: list } = await api.request('GET', MAPS);
  const watch = await openWatch(api, `${MAPS}?watch=true&labelSelector=on&resourceVersion=${list.metadata.resourceVersion}`);
  await create('w2');
  await api.request('PUT', `${MAPS}/w2`, { body: { metadata: { name: 'w2', labels: { on: '1' } } } });
  await api.request('PUT', `${MAPS}/w2`, { body: { metadata: { name: 'w2' } } });
  expect([(await watch.next()).type, (await watch.next()).type]).toEqual(['ADDED', 'DELETED']);
  await watch.close();
});

test('sendInitialEvents ends with a bookmark that says so', async () => {
  await create('w3');
  const watch = await openWatch(api, `${MAPS}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3Dw3`);
  expect((await watch.next()).type).toBe('ADDED');
  expect(await watch.next()).toMatchObject({ type: 'BOOKMARK', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } });
  await watch.close();
});

test('an idle watch is told how far it is, when it takes bookmarks', async () => {
  const { json: list } = await api.request('GET', MAPS);
  const watch = await openWatch(api, `${MAPS}?watch=true&allowWatchBookmarks=true&resourceVersion=${list.metadata.resourceVersion}`);
  expect(await watch.next()).toEqual({ type: 'BOOKMARK', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: list.metadata.resourceVersion } } });
  await watch.close();
});

test('untilHead gives what there is and ends', async () => {
  const { json: list } = await api.request('GET', MAPS);
  const nothing = await openWatch(api, `${MAPS}?watch=true&untilHead=true&resourceVersion=${list.metadata.resourceVersion}`);
  expect(await nothing.rest()).toMatchObject([{ type: 'BOOKMARK', object: { metadata: { resourceVersion: list.metadata.resourceVersion } } }]);
  const made = await create('w4');
  const something = await openWatch(api, `${MAPS}?watch=true&untilHead=true&resourceVersion=${list.metadata.resourceVersion}`);
  expect(await something.rest()).toMatchObject([{ type: 'ADDED' }, { type: 'BOOKMARK', object: { metadata: { resourceVersion: made.metadata.resourceVersion } } }]);
});

test('timeoutSeconds ends a watch cleanly', async () => {
  const watch = await openWatch(api, `${MAPS}?watch=true&timeoutSeconds=1&resourceVersion=1&allowWatchBookmarks=false`);
  expect((await watch.rest()).every((event) => event.type !== 'ERROR')).toBe(true);
});

test('more watches than there is room for are told to wait', async () => {
  const open = await Promise.all([1, 2, 3].map(() => openWatch(api, `${MAPS}?watch=true`)));
  const refused = await api.request('GET', `${MAPS}?watch=true`);
  expect(refused.json).toMatchObject({ code: 429, reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
  expect(refused.headers.get('retry-after')).toBe('1');
  await Promise.all(open.map((watch) => watch.close()));
  const again = await openWatch(api, `${MAPS}?watch=true`);
  expect(again.status).toBe(200);
  await again.close();
});

test.each([
  ['resourceVersionMatch=NotOlderThan', 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'],
  ['sendInitialEvents=true', 'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
])('watch with %s is refused before it begins', async (query, why) => {
  const { json } = await api.request('GET', `${MAPS}?watch=true&${query}`);
  expect(json).toMatchObject({ code: 422, message: `ListOptions.meta.k8s.io "" is invalid: ${why}` });
});

test('a selector that nobody understands is refused before the watch begins', async () => {
  const { json } = await api.request('GET', `${MAPS}?watch=true&fieldSelector=a%3Db`);
  expect(json).toMatchObject({ code: 400, message: '"a" is not a known field selector: only "metadata.name", "metadata.namespace"' });
});
