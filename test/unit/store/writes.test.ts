import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import { PortError } from '#ports/errors';
import { openTestStore, resource } from '#test/support/store';
import type { TestStore } from '#test/support/store';

const CONFIG_MAPS = resource('configmaps');
const PODS = resource('pods');
const NAMESPACES = resource('namespaces');
const ref = (name: string, of = CONFIG_MAPS) => ({ resource: of, namespace: 'ns', name });

let opened: TestStore;
beforeEach(() => {
  opened = openTestStore();
});
afterEach(() => opened.close());

function configMap(name: string, data: Record<string, string> = { a: '1' }, metadata = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'ns', ...metadata }, data };
}

describe('create', () => {
  test('gives identity, and the bytes say what the object says', async () => {
    const given = configMap('a', { n: 'x' }, { uid: 'mine', resourceVersion: '7', creationTimestamp: '2001-01-01T00:00:00Z' });
    const before = structuredClone(given);
    const stored = await opened.store.create(CONFIG_MAPS, given);
    expect(given).toEqual(before);
    expect(stored.object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { n: 'x' }, metadata: { name: 'a', namespace: 'ns', resourceVersion: '2', creationTimestamp: '2026-01-01T00:00:00Z' } });
    expect(stored.object.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(new TextDecoder().decode(stored.json()))).toEqual(stored.object);
    expect((await opened.store.get(ref('a'))).object).toEqual(stored.object);
  });

  test('stores neither version, kind nor resourceVersion, and metadata first', async () => {
    await opened.store.create(CONFIG_MAPS, configMap('a'));
    const item = await opened.table.read('c1/configmaps.', 'ns/a');
    const text = new TextDecoder().decode(item?.value ?? undefined);
    expect(text.startsWith('{"metadata":{')).toBe(true);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['metadata', 'data']);
    expect(text).not.toMatch(/resourceVersion|apiVersion|kind/);
  });

  test('refuses what exists and what is invalid', async () => {
    await opened.store.create(CONFIG_MAPS, configMap('a'));
    await expect(opened.store.create(CONFIG_MAPS, configMap('a'))).rejects.toMatchObject({ code: 'AlreadyExists' });
    await expect(opened.store.create(CONFIG_MAPS, configMap('No!'))).rejects.toMatchObject({ code: 'Invalid', detail: { fields: [{ field: 'metadata.name' }] } });
  });

  test('makes a name, and another when chance hits one that is taken', async () => {
    const generate = (): KubeObject => ({ metadata: { generateName: 'job-', namespace: 'ns' } });
    const first = await opened.store.create(CONFIG_MAPS, generate());
    expect(first.object.metadata.name).toMatch(/^job-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    // The same chance again, from the start: its first name is the one that is there already.
    const second = await opened.another(1).create(CONFIG_MAPS, generate());
    expect(second.object.metadata.name).not.toBe(first.object.metadata.name);
    const long = await opened.store.create(CONFIG_MAPS, { metadata: { generateName: 'x'.repeat(80), namespace: 'ns' } });
    expect(long.object.metadata.name).toHaveLength(63);
  });

  test('a dry run does everything but write', async () => {
    const stored = await opened.store.create(CONFIG_MAPS, configMap('a'), { dryRun: true });
    expect(stored.object.metadata).toMatchObject({ name: 'a' });
    expect(stored.object.metadata.resourceVersion).toBeUndefined();
    await expect(opened.store.get(ref('a'))).rejects.toMatchObject({ code: 'NotFound' });
    await opened.store.create(CONFIG_MAPS, configMap('b'));
    await expect(opened.store.create(CONFIG_MAPS, configMap('b'), { dryRun: true })).rejects.toMatchObject({ code: 'AlreadyExists' });
  });

  test('what was deleted is created again, with another uid', async () => {
    const first = await opened.store.create(CONFIG_MAPS, configMap('a'));
    await opened.store.delete(ref('a'));
    const second = await opened.store.create(CONFIG_MAPS, configMap('a'));
    expect(second.object.metadata.uid).not.toBe(first.object.metadata.uid);
    expect(second.revision).toBeGreaterThan(first.revision);
  });

  test('a claim that is lost is chosen anew, and lands with the object', async () => {
    const claim = (key: string) => [{ cluster: 'c1', key, expect: null, value: new Uint8Array([1]) }];
    await opened.table.commit({ writes: [], claims: claim('ip/0') });
    const stored = await opened.store.create(CONFIG_MAPS, configMap('a'), {
      claims: (object, previous, attempt) => {
        expect(previous).toBeUndefined();
        object.data = { ip: String(attempt) };
        return claim(`ip/${attempt}`);
      },
    });
    expect(stored.object.data).toEqual({ ip: '1' });
    expect((await opened.table.claims('c1', 'ip/')).map(({ key }) => key)).toEqual(['ip/0', 'ip/1']);
  });

  test('a Conflict of the claims themselves is an answer', async () => {
    let asked = 0;
    const claims = (): never => {
      asked++;
      throw new PortError('Conflict', 'decide again', { subject: 'claim node/n1' });
    };
    await expect(opened.store.create(CONFIG_MAPS, configMap('a'), { claims })).rejects.toThrow('decide again');
    expect(asked).toBe(1);
  });

  test('an object over 1.5 MB is TooLarge', async () => {
    await expect(opened.store.create(resource('events'), { metadata: { name: 'e', namespace: 'ns' }, note: 'x'.repeat(1_600_000), involvedObject: { namespace: 'ns' } })).rejects.toMatchObject({ code: 'TooLarge' });
  });
});

describe('update', () => {
  test('changes what is there, and writes nothing where nothing changed', async () => {
    const created = await opened.store.create(CONFIG_MAPS, configMap('a'));
    const changed = await opened.store.update(ref('a'), (current) => ({ ...current, data: { a: '2' } }));
    expect(changed.object).toMatchObject({ data: { a: '2' }, metadata: { uid: created.object.metadata.uid } });
    const same = await opened.store.update(ref('a'), (current) => ({ data: { a: '2' }, ...current }));
    expect(same.revision).toBe(changed.revision);
    expect(await opened.store.revision(CONFIG_MAPS)).toBe(changed.revision);
  });

  test('decides again when somebody else was first', async () => {
    await opened.store.create(CONFIG_MAPS, configMap('a', { n: '0' }));
    const raise = () => opened.store.update(ref('a'), (current) => ({ ...current, data: { n: String(Number((current.data as { n: string }).n) + 1) } }));
    await Promise.all(Array.from({ length: 10 }, raise));
    expect((await opened.store.get(ref('a'))).object.data).toEqual({ n: '10' });
  });

  test('a writer that names a version means only that one', async () => {
    const first = await opened.store.create(CONFIG_MAPS, configMap('a'));
    await opened.store.update(ref('a'), (current) => ({ ...current, data: { a: '2' } }));
    await expect(opened.store.update(ref('a'), () => ({ ...first.object, data: { a: '3' } }))).rejects.toMatchObject({ code: 'Conflict' });
    await expect(opened.store.update(ref('a'), () => configMap('a', {}, { uid: 'another' }))).rejects.toThrow('StorageError: invalid object, Code: 4, Key: /registry/configmaps/ns/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: another, UID in object meta: ');
    await expect(opened.store.update(ref('a'), (current) => current, { preconditions: { resourceVersion: '2' } })).rejects.toMatchObject({ code: 'Conflict' });
    await opened.store.update(ref('a'), () => configMap('a', { a: '4' }));
    expect((await opened.store.get(ref('a'))).object.data).toEqual({ a: '4' });
  });

  test('a dry run says what would be, at the version that is', async () => {
    const created = await opened.store.create(CONFIG_MAPS, configMap('a'));
    const dry = await opened.store.update(ref('a'), (current) => ({ ...current, data: { a: '9' } }), { dryRun: true });
    expect([dry.object.data, dry.revision]).toEqual([{ a: '9' }, created.revision]);
    expect((await opened.store.get(ref('a'))).object.data).toEqual({ a: '1' });
  });

  test('integers beyond 2^53 survive', async () => {
    await opened.store.create(CONFIG_MAPS, { ...configMap('a'), big: 9223372036854775807n });
    await opened.store.update(ref('a'), (current) => ({ ...current, data: {} }));
    expect((await opened.another().get(ref('a'))).object.big).toBe(9223372036854775807n);
  });
});

describe('delete', () => {
  test('removes, and says what was', async () => {
    const { object } = await opened.store.create(CONFIG_MAPS, configMap('a'));
    const { object: last, deleted } = await opened.store.delete(ref('a'));
    expect([deleted, last.object.metadata.uid]).toEqual([true, object.metadata.uid]);
    expect(last.revision).toBe(await opened.store.revision(CONFIG_MAPS));
    await expect(opened.store.get(ref('a'))).rejects.toMatchObject({ code: 'NotFound' });
    await expect(opened.store.delete(ref('a'))).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('a finalizer keeps it until it is gone', async () => {
    await opened.store.create(CONFIG_MAPS, configMap('a', {}, { finalizers: ['example.org/hold'] }));
    const { object, deleted } = await opened.store.delete(ref('a'));
    expect(deleted).toBe(false);
    expect(object.object.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 });
    expect((await opened.store.delete(ref('a'))).object.revision).toBe(object.revision);
    const last = await opened.store.update(ref('a'), ({ metadata: { finalizers: _, ...metadata }, ...rest }) => ({ ...rest, metadata }));
    expect(last.revision).toBeGreaterThan(object.revision);
    await expect(opened.store.get(ref('a'))).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('preconditions are held against what is there', async () => {
    await opened.store.create(CONFIG_MAPS, configMap('a'));
    await expect(opened.store.delete(ref('a'), { preconditions: { uid: 'another' } })).rejects.toMatchObject({ code: 'Conflict' });
    await expect(opened.store.delete(ref('a'), { preconditions: { resourceVersion: '1' } })).rejects.toMatchObject({ code: 'Conflict' });
    expect((await opened.store.delete(ref('a'), { dryRun: true })).deleted).toBe(true);
    expect((await opened.store.delete(ref('a'), { preconditions: { resourceVersion: '2' } })).deleted).toBe(true);
  });

  test.each([
    ['Orphan', ['orphan']],
    ['Foreground', ['foregroundDeletion']],
  ] as const)('%s leaves the dependants to the garbage collector', async (propagationPolicy, finalizers) => {
    await opened.store.create(CONFIG_MAPS, configMap('a'));
    const { object, deleted } = await opened.store.delete(ref('a'), { propagationPolicy });
    expect([deleted, object.object.metadata.finalizers]).toEqual([false, finalizers]);
    expect((await opened.store.delete(ref('a'), { propagationPolicy: 'Background' })).deleted).toBe(true);
  });

  test('a pod on a node is given its grace, which may only be shortened', async () => {
    await createPod('p', { nodeName: 'n1', terminationGracePeriodSeconds: 30 });
    const { object, deleted } = await opened.store.delete(ref('p', PODS));
    expect(deleted).toBe(false);
    expect(object.object.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 });
    await opened.clock.advance(5000);
    expect((await opened.store.delete(ref('p', PODS), { gracePeriodSeconds: 60 })).object.revision).toBe(object.revision);
    const shorter = await opened.store.delete(ref('p', PODS), { gracePeriodSeconds: 10 });
    expect(shorter.object.object.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:10Z', deletionGracePeriodSeconds: 10 });
    const last = await opened.store.delete(ref('p', PODS), { gracePeriodSeconds: 0 });
    expect(last.deleted).toBe(true);
    expect(last.object.object.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 });
  });

  test('a pod that nobody runs goes at once', async () => {
    await createPod('p', {});
    const { object, deleted } = await opened.store.delete(ref('p', PODS));
    expect(deleted).toBe(true);
    expect(object.object.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 });
  });

  test('a namespace is Terminating until its own finalizers are gone', async () => {
    await opened.store.create(NAMESPACES, { metadata: { name: 'team' } });
    const team = { resource: NAMESPACES, name: 'team' };
    const { object, deleted } = await opened.store.delete(team);
    expect([deleted, object.object.status]).toEqual([false, { phase: 'Terminating' }]);
    await opened.store.update(team, (current) => ({ ...current, spec: { finalizers: [] } }), { subresource: 'finalize' });
    await expect(opened.store.get(team)).rejects.toMatchObject({ code: 'NotFound' });
  });
});

async function createPod(name: string, spec: object): Promise<void> {
  const pod = { metadata: { name, namespace: 'ns' }, spec: { containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Always', terminationMessagePath: '/x', terminationMessagePolicy: 'File' }], restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', ...spec } };
  await opened.store.create(PODS, pod);
}
