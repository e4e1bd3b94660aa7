import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import type { Table } from '#ports/table';
import type { ListPage, ObjectStore, WatchBatch, WatchQuery } from '#store/object-store';
import { openTestStore, resource } from '#test/support/store';
import type { TestStore } from '#test/support/store';

const CONFIG_MAPS = resource('configmaps');
const EVENTS = resource('events');
const HOUR_MS = 3_600_000;
const isRed = (object: KubeObject): boolean => object.metadata.labels?.colour === 'red';
const names = ({ items }: ListPage): string[] => items.map(({ object }) => `${object.metadata.namespace}/${object.metadata.name}`);

let opened: TestStore;
let store: ObjectStore;
beforeEach(() => {
  opened = openTestStore();
  store = opened.store;
});
afterEach(() => opened.close());

const put = (name: string, colour: string, namespace = 'ns') => store.create(CONFIG_MAPS, { metadata: { name, namespace, labels: { colour } } });
const paint = (name: string, colour: string) => store.update({ resource: CONFIG_MAPS, namespace: 'ns', name }, (current) => ({ ...current, metadata: { ...current.metadata, labels: { colour } } }));
const drop = (name: string) => store.delete({ resource: CONFIG_MAPS, namespace: 'ns', name });

describe('list', () => {
  test('an empty resource lists at 1', async () => {
    expect(await store.list(CONFIG_MAPS, {})).toEqual({ items: [], revision: 1, remaining: 0 });
  });

  test('sees every write that came before it, also those of others', async () => {
    await put('a', 'red');
    expect(names(await store.list(CONFIG_MAPS, {}))).toEqual(['ns/a']);
    const other = opened.another();
    await other.create(CONFIG_MAPS, { metadata: { name: 'b', namespace: 'ns' } });
    await other.delete({ resource: CONFIG_MAPS, namespace: 'ns', name: 'a' });
    const page = await store.list(CONFIG_MAPS, {});
    expect([names(page), page.revision]).toEqual([['ns/b'], 4]);
    expect(page.items[0]?.object.metadata.resourceVersion).toBe('3');
  });

  test('keeps to its namespace and selector', async () => {
    for (const [name, colour, namespace] of [['a', 'red', 'ns'], ['b', 'blue', 'ns'], ['c', 'red', 'ns-2'], ['d', 'red', 'ns']] as const) await put(name, colour, namespace);
    expect(names(await store.list(CONFIG_MAPS, { namespace: 'ns' }))).toEqual(['ns/a', 'ns/b', 'ns/d']);
    const page = await store.list(CONFIG_MAPS, { namespace: 'ns', matches: isRed });
    expect([names(page), page.remaining]).toEqual([['ns/a', 'ns/d'], undefined]);
  });

  test.each([
    ['warm', true],
    ['cold', false],
  ])('pages are one moment: %s', async (_, warm) => {
    for (let i = 0; i < 5; i++) await put(`n${i}`, i % 2 ? 'red' : 'blue');
    const reader = warm ? store : opened.another();
    const first = await reader.list(CONFIG_MAPS, { limit: 2 });
    expect([names(first), first.next, first.remaining]).toEqual([['ns/n0', 'ns/n1'], 'ns/n1', 3]);
    await drop('n2');
    await put('n1b', 'red');
    await paint('n3', 'green');
    const second = await reader.list(CONFIG_MAPS, { limit: 2, at: first.revision, ...(first.next && { after: first.next }) });
    expect([names(second), second.revision, second.remaining]).toEqual([['ns/n2', 'ns/n3'], first.revision, 1]);
    expect(second.items[1]?.object.metadata.labels).toEqual({ colour: 'red' });
    const third = await reader.list(CONFIG_MAPS, { limit: 2, at: first.revision, ...(second.next && { after: second.next }) });
    expect([names(third), third.next, third.remaining]).toEqual([['ns/n4'], undefined, 0]);
    const now = await reader.list(CONFIG_MAPS, { limit: 2, after: 'ns/n1' });
    expect(names(now)).toEqual(['ns/n1b', 'ns/n3']);
  });

  test('with a selector a page is full of what matches, and says when there is more', async () => {
    for (let i = 0; i < 6; i++) await put(`n${i}`, i % 2 ? 'red' : 'blue');
    const first = await store.list(CONFIG_MAPS, { limit: 2, matches: isRed });
    expect([names(first), first.next, first.remaining]).toEqual([['ns/n1', 'ns/n3'], 'ns/n3', undefined]);
    await put('z', 'red');
    const second = await store.list(CONFIG_MAPS, { limit: 2, matches: isRed, after: 'ns/n3', at: first.revision });
    expect([names(second), second.next]).toEqual([['ns/n5'], undefined]);
  });

  test.each([
    ['warm', true],
    ['cold', false],
  ])('dependants are found by owner: %s', async (_, warm) => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u1' };
    await store.create(CONFIG_MAPS, { metadata: { name: 'child', namespace: 'ns', ownerReferences: [owner] } });
    await put('other', 'red');
    const reader = warm ? store : opened.another();
    if (warm) await reader.list(CONFIG_MAPS, {});
    expect(names(await reader.list(CONFIG_MAPS, { index: { index: 'owner', term: 'u1' } }))).toEqual(['ns/child']);
  });

  test('older will do where the reader says so, and the future is waited for a while', async () => {
    await put('a', 'red');
    const { revision } = await store.list(CONFIG_MAPS, {});
    await opened.another().create(CONFIG_MAPS, { metadata: { name: 'b', namespace: 'ns' } });
    expect((await store.list(CONFIG_MAPS, { minRevision: revision })).revision).toBe(revision);
    expect((await store.list(CONFIG_MAPS, { minRevision: revision + 1 })).revision).toBe(revision + 1);
    const early = store.list(CONFIG_MAPS, { minRevision: revision + 2 });
    await put('c', 'red');
    expect(names(await early)).toEqual(['ns/a', 'ns/b', 'ns/c']);
    const never = store.list(CONFIG_MAPS, { minRevision: 1000 });
    const refused = expect(never).rejects.toMatchObject({ code: 'FutureRevision' });
    await until(() => opened.clock.sleeping > 0);
    await opened.clock.advance(3000);
    await refused;
  });

  test('what is written while the cache loads is in it', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const snapshot: Table['snapshot'] = async (...query) => {
      const taken = await opened.table.snapshot(...query);
      await gate;
      return taken;
    };
    store = opened.another(3, { ...opened.table, snapshot });
    const watcher = follow({ after: 1 });
    await put('a', 'red');
    await watcher.reaches(2);
    const listing = store.list(CONFIG_MAPS, {});
    await put('b', 'red');
    await watcher.reaches(3);
    release();
    expect(names(await listing)).toEqual(['ns/a', 'ns/b']);
    expect(names(await store.list(CONFIG_MAPS, {}))).toEqual(['ns/a', 'ns/b']);
  });

  test('a burnt revision shows in the next list', async () => {
    await put('a', 'red');
    await store.list(CONFIG_MAPS, {});
    const burnt = await store.bump(CONFIG_MAPS);
    expect((await store.list(CONFIG_MAPS, {})).revision).toBe(burnt);
    expect(await store.revision(CONFIG_MAPS)).toBe(burnt);
  });

  test('events are gone after an hour, though nobody says so', async () => {
    const event = { metadata: { name: 'e', namespace: 'ns' }, involvedObject: { kind: 'Pod', namespace: 'ns', name: 'p' } };
    await store.create(EVENTS, event);
    expect(names(await store.list(EVENTS, {}))).toEqual(['ns/e']);
    await opened.clock.advance(HOUR_MS + 1000);
    expect(names(await store.list(EVENTS, {}))).toEqual([]);
    await expect(store.get({ resource: EVENTS, namespace: 'ns', name: 'e' })).rejects.toMatchObject({ code: 'NotFound' });
  });
});

describe('watch', () => {
  test('tells what happens after a revision, once and in order', async () => {
    await put('a', 'red');
    const watcher = follow({ after: 1 });
    await put('b', 'red');
    await paint('a', 'blue');
    const { object: last } = await drop('a');
    await watcher.reaches(last.revision);
    expect(watcher.told()).toEqual(['ADDED a@2', 'ADDED b@3', 'MODIFIED a@4', 'DELETED a@5']);
  });

  test('a selector sees objects come and go', async () => {
    const watcher = follow({ after: 1, matches: isRed });
    await put('a', 'blue');
    await paint('a', 'red');
    await paint('a', 'green');
    await paint('a', 'red');
    await drop('a');
    await put('b', 'blue');
    await watcher.reaches(7);
    expect(watcher.told()).toEqual(['ADDED a@3', 'DELETED a@4', 'ADDED a@5', 'DELETED a@6']);
    expect(watcher.events()[1]?.stored.object.metadata.labels).toEqual({ colour: 'red' });
  });

  test('keeps to its namespace', async () => {
    const watcher = follow({ after: 1, namespace: 'ns' });
    await put('a', 'red', 'ns-2');
    await put('b', 'red', 'ns');
    await watcher.reaches(3);
    expect(watcher.told()).toEqual(['ADDED b@3']);
  });

  test('says at once that it is current when nothing has happened', async () => {
    await put('a', 'red');
    const { revision } = await store.list(CONFIG_MAPS, {});
    const watcher = follow({ after: revision });
    await watcher.reaches(revision);
    expect(watcher.told()).toEqual([]);
  });

  test('many watchers share one reading and one serialisation', async () => {
    const { revision } = await store.list(CONFIG_MAPS, {});
    const watchers = Array.from({ length: 20 }, () => follow({ after: revision }));
    await Promise.all(watchers.map((watcher) => watcher.reaches(revision)));
    await put('a', 'red');
    await Promise.all(watchers.map((watcher) => watcher.reaches(revision + 1)));
    expect(new Set(watchers.map((watcher) => watcher.events()[0]?.stored.json())).size).toBe(1);
  });

  test('who begins far behind catches up and joins', async () => {
    const { revision } = await store.list(CONFIG_MAPS, {});
    await Promise.all(Array.from({ length: 1300 }, (_, i) => put(`n${i}`, 'red')));
    await store.list(CONFIG_MAPS, {});
    const watcher = follow({ after: revision });
    await watcher.reaches(revision + 1300);
    await put('last', 'red');
    await watcher.reaches(revision + 1301);
    expect(new Set(watcher.told()).size).toBe(1301);
    expect(watcher.revisions()).toEqual(Array.from({ length: 1301 }, (_, i) => revision + 1 + i));
  });

  test('a watch from the future waits for its revision', async () => {
    const watcher = follow({ after: 3 });
    await put('a', 'red');
    await put('b', 'red');
    await put('c', 'red');
    await watcher.reaches(4);
    expect(watcher.told()).toEqual(['ADDED c@4']);
  });

  test('ends when its signal aborts, and leaves no sleeper behind', async () => {
    const { revision } = await store.list(CONFIG_MAPS, {});
    const watcher = follow({ after: revision });
    await watcher.reaches(revision);
    await until(() => opened.clock.sleeping > 0);
    watcher.stop();
    await watcher.ended;
    await until(() => opened.clock.sleeping === 0);
  });

  test('is Expired when the history is gone', async () => {
    await put('a', 'red');
    await opened.clock.advance(49 * HOUR_MS);
    await put('b', 'red');
    const batches = store.watch(CONFIG_MAPS, { after: 1, signal: new AbortController().signal })[Symbol.asyncIterator]();
    await expect(batches.next()).rejects.toMatchObject({ code: 'Expired' });
  });
});

/** A watcher that takes batches as they come. */
function follow(query: Omit<WatchQuery, 'signal'>) {
  const abort = new AbortController();
  const batches: WatchBatch[] = [];
  const run = async (): Promise<void> => {
    for await (const batch of store.watch(CONFIG_MAPS, { ...query, signal: abort.signal })) batches.push(batch);
  };
  const ended = run();
  const events = () => batches.flatMap((batch) => batch.events);
  return {
    ended,
    events,
    stop: () => abort.abort(),
    told: () => events().map(({ type, stored }) => `${type} ${stored.object.metadata.name}@${stored.object.metadata.resourceVersion}`),
    revisions: () => events().map(({ stored }) => stored.revision),
    reaches: (revision: number) => until(() => (batches.at(-1)?.revision ?? 0) >= revision),
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error('waited 10 s in vain');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
