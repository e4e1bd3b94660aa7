import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createApp } from '#server/app';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { manualClock, type ManualClock } from '#test/support/clock';
import { eventually } from '#test/support/eventually';
import { openWatch, type OpenWatch } from '#test/support/watch-lines';

// Two processes of one cluster, as on Lambda: what they have in common is the table.
let clock: ManualClock;
let api: ApiServer;
let other: ApiServer;
beforeAll(async () => {
  clock = manualClock();
  api = await startApiServer({ clock, config: { watch: { maxDurationMs: 60_000, defaultDurationMs: 840_000, maxWatches: 2, clientsLeaveUnheard: true, bookmarkIntervalMs: 30_000 } } });
  const app = createApp(api.deps);
  other = { ...api, fetch: async (request) => app.fetch(request) };
});
// All that was held is over then.
afterEach(() => clock.advance(900_000));
afterAll(() => api.close());

const MAPS = '/api/v1/namespaces/default/configmaps';
const INFORMER = `${MAPS}?watch=true&resourceVersion=1&timeoutSeconds=400&allowWatchBookmarks=true`;

async function isOver(watch: OpenWatch): Promise<boolean> {
  const rest = watch.rest();
  let ended = false;
  void rest.then(() => (ended = true));
  await eventually('the watch has ended', async () => {
    await clock.advance(1_000);
    return ended;
  });
  return (await rest).every(({ type }) => type !== 'ERROR');
}

test('the processes share the budget; who finds none is told when to come again', async () => {
  const first = await openWatch(api, INFORMER);
  await clock.advance(1_000);
  await openWatch(other, INFORMER);
  const refused = await api.request('GET', INFORMER);
  expect(refused.json).toMatchObject({ code: 429, reason: 'TooManyRequests' });
  expect(refused.headers.get('retry-after')).toBe('4');
  await first.close();
  await eventually('the place is free', async () => {
    const again = await openWatch(other, INFORMER);
    return again.status === 200;
  });
});

test('the longest held gives way, and ends cleanly', async () => {
  const first = await openWatch(api, INFORMER);
  await clock.advance(6_000);
  const second = await openWatch(api, INFORMER);
  const third = await openWatch(other, INFORMER);
  expect([second.status, third.status]).toEqual([200, 200]);
  expect(await isOver(first)).toBe(true);
});

test('a watch ends after a minute when its client names a time', async () => {
  const watch = await openWatch(api, INFORMER);
  await clock.advance(59_000);
  await api.request('POST', MAPS, { body: { metadata: { name: 'seen' } } });
  expect(await isOver(watch)).toBe(true);
});

test('who asks only for what there is takes no place', async () => {
  await openWatch(api, INFORMER);
  await openWatch(api, INFORMER);
  const caughtUp = await openWatch(api, `${INFORMER}&untilHead=true`);
  expect((await caughtUp.rest()).at(-1)?.type).toBe('BOOKMARK');
});

test('who has waited for the end of one object is let go with it', async () => {
  await api.request('POST', MAPS, { body: { metadata: { name: 'doomed' } } });
  const watch = await openWatch(api, `${MAPS}?watch=true&fieldSelector=metadata.name%3Ddoomed&timeoutSeconds=400`);
  expect((await watch.next()).type).toBe('ADDED');
  await api.request('DELETE', `${MAPS}/doomed`);
  expect((await watch.rest()).map(({ type }) => type)).toEqual(['DELETED']);
});
