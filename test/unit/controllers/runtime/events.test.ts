import { afterEach, expect, test } from 'vitest';
import type { Event } from '#api/schema/kinds.generated';
import { createClusterView } from '#controllers/runtime/cluster-view';
import { createEventMemory, createEvents } from '#controllers/runtime/events';
import { openTestStore, resource } from '#test/support/store';

const EVENTS = resource('events');
const base = openTestStore();
afterEach(() => base.close());

test('said again is counted; names sort as things happened; what expired is said anew', async () => {
  const { store, table, clock } = base;
  await store.create(resource('namespaces'), { metadata: { name: 'default' } });
  const view = createClusterView({ store, table, wakes: { objectChanged: () => undefined, changeSeen: () => undefined, settled: async () => undefined }, clock, onCommit: () => undefined, catchUp: async () => undefined, mayHoldDependents: () => true });
  const errors: unknown[] = [];
  const events = createEvents({ view, memory: createEventMemory(), clock, onError: (error) => errors.push(error) });
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default', uid: 'u1' } };
  const say = (message: string): void => events.for('tester').record(pod, { type: 'Normal', reason: 'Said', message });
  for (const message of ['b', 'a', 'b', 'c']) say(message);
  await events.settled();
  await clock.advance(60_000);
  say('a');
  await events.settled();
  const stored = async (): Promise<Event[]> => (await store.list(EVENTS, {})).items.map(({ object }) => object as Event);
  expect((await stored()).map(({ message, count }) => [message, count])).toEqual([['b', 2], ['a', 2], ['c', 1]]);
  expect((await stored())[1]).toMatchObject({
    involvedObject: { kind: 'Pod', name: 'web', uid: 'u1' },
    source: { component: 'tester' },
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:01:00Z',
  });
  await store.delete({ resource: EVENTS, namespace: 'default', name: (await stored())[0]?.metadata.name ?? '' });
  say('b');
  await events.settled();
  expect((await stored()).map(({ message, count }) => [message, count])).toEqual([['a', 2], ['c', 1], ['b', 1]]);
  expect(errors).toEqual([]);
});
