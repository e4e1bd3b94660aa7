import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import { PortError } from '#ports/errors';
import type { Change, Revision } from '#ports/table';
import type { ListPage, ObjectStore } from '#store/object-store';
import { seededRandom } from '#test/support/ids';
import { slowTable } from '#test/support/slow-table';
import { openTestStore, resource } from '#test/support/store';
import type { TestStore } from '#test/support/store';

// Stores of several processes over one table whose calls take their time: whatever the interleaving, each list is one moment
// that contains what was acknowledged before it, and each watch is the log.
const CONFIG_MAPS = resource('configmaps');
const NAMES = ['a', 'b', 'c'];
const isRed = (object: KubeObject): boolean => object.metadata.labels?.colour === 'red';

let opened: TestStore;
beforeEach(() => {
  opened = openTestStore();
});
afterEach(() => opened.close());

test.each(Array.from({ length: 10 }, (_, i) => i + 1))('seed %i: lists are moments, watches are the log', async (seed) => {
  const random = seededRandom(seed);
  const stores = [1, 2, 3].map((n) => opened.another(seed * 10 + n, slowTable(opened.table, random)));
  const stop = new AbortController();
  const lists: { page: ListPage; acknowledged: Revision }[] = [];
  const state = { acknowledged: 1, writing: true };

  const watchers = stores.flatMap((store) => [follow(store, stop.signal), follow(store, stop.signal, isRed)]);
  const writers = Promise.all(stores.map((store) => write(store, random, state)));
  // Some come late: they load while the watchers of their store have long been reading the log.
  const readers = stores.flatMap((store) => [0, 1].map(() => read(store, state, { lists, lateTurns: Math.floor(random() * 80) })));
  await writers;
  state.writing = false;
  await Promise.all(readers);
  const head = await opened.store.revision(CONFIG_MAPS);
  await Promise.all(watchers.map((watcher) => watcher.reaches(head)));
  stop.abort();

  const log = (await opened.table.changes('c1/configmaps.', 1, 1000)).changes;
  for (const { page, acknowledged } of lists) {
    expect(page.revision).toBeGreaterThanOrEqual(acknowledged);
    expect(page.items.map(({ object }) => [object.metadata.name, object.metadata.resourceVersion])).toEqual(replay(log, page.revision));
  }
  for (const [i, { told }] of watchers.entries()) expect(told).toEqual(eventsOf(log, i % 2 === 0 ? () => true : isRed));
});

async function write(store: ObjectStore, random: () => number, state: { acknowledged: Revision }): Promise<void> {
  for (let i = 0; i < 15; i++) {
    const name = NAMES[Math.floor(random() * NAMES.length)] ?? 'a';
    const labels = { colour: random() < 0.5 ? 'red' : 'blue', turn: String(i) };
    const ref = { resource: CONFIG_MAPS, namespace: 'ns', name };
    const chance = random();
    try {
      if (chance < 0.4) saw(state, await store.create(CONFIG_MAPS, { metadata: { name, namespace: 'ns', labels } }));
      else if (chance < 0.8) saw(state, await store.update(ref, (current) => ({ ...current, metadata: { ...current.metadata, labels } })));
      else saw(state, (await store.delete(ref)).object);
    } catch (error) {
      if (!(error instanceof PortError && ['NotFound', 'AlreadyExists'].includes(error.code))) throw error;
    }
  }
}

function saw(state: { acknowledged: Revision }, { revision }: { revision: Revision }): void {
  state.acknowledged = Math.max(state.acknowledged, revision);
}

async function read(store: ObjectStore, state: { acknowledged: Revision; writing: boolean }, { lists, lateTurns }: { lists: { page: ListPage; acknowledged: Revision }[]; lateTurns: number }): Promise<void> {
  for (let i = 0; i < lateTurns; i++) await turn();
  while (state.writing) {
    const { acknowledged } = state;
    lists.push({ page: await store.list(CONFIG_MAPS, {}), acknowledged });
    await turn();
  }
}

function follow(store: ObjectStore, signal: AbortSignal, matches?: (object: KubeObject) => boolean) {
  const told: string[] = [];
  let at = 0;
  const run = async (): Promise<void> => {
    for await (const { events, revision } of store.watch(CONFIG_MAPS, { after: 1, signal, ...(matches && { matches }) })) {
      for (const { type, stored } of events) told.push(`${type} ${stored.object.metadata.name}@${stored.revision}`);
      at = revision;
    }
  };
  const ended = run();
  const reaches = async (revision: Revision): Promise<void> => {
    const deadlineMs = Date.now() + 10_000;
    while (at < revision) {
      if (Date.now() > deadlineMs) throw new Error(`a watcher stands at ${at} of ${revision}`);
      await Promise.race([turn(), ended]);
    }
  };
  return { told, reaches };
}

// What the log says about a moment and about a view, told independently of the store.
function replay(log: readonly Change[], revision: Revision): [string, string][] {
  const last = new Map(log.filter((change) => change.revision <= revision).map((change) => [change.key, change]));
  const live = [...last.values()].filter(({ value }) => value !== null);
  return live.map((change): [string, string] => [change.key.slice('ns/'.length), String(change.revision)]).sort(([a], [b]) => (a < b ? -1 : 1));
}

function eventsOf(log: readonly Change[], matches: (object: KubeObject) => boolean): string[] {
  return log.flatMap(({ key, revision, value, previous }) => {
    const [now, before] = [value, previous].map((bytes) => bytes !== null && matches(JSON.parse(new TextDecoder().decode(bytes)) as KubeObject));
    if (!now && !before) return [];
    return [`${now ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED'} ${key.slice('ns/'.length)}@${revision}`];
  });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
