import { expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import { ApiClient } from '#client/api-client';
import { referencedObjects } from '#node-agent/volumes/referenced-objects';
import { ReferenceWatch } from '#node-agent/volumes/reference-watch';

/** A server with ConfigMaps of namespace `n` that all pods refer to, and one that does not exist. */
function server(objects: Map<string, KubeObject>, { isPlain = false } = {}): { client: ApiClient; asked: string[] } {
  const asked: string[] = [];
  const client = new ApiClient(async ({ path }) => {
    asked.push(path);
    const versions = Object.fromEntries(['a', 'b', 'none'].map((name) => [`configmaps/n/${name}`, objects.get(name)?.metadata.resourceVersion ?? null]));
    const found = path.endsWith('/references') ? (isPlain ? undefined : { versions }) : objects.get(path.split('/').at(-1) ?? '');
    const text = JSON.stringify(found ?? { kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' });
    return { status: found === undefined ? 404 : 200, header: () => 'application/json', body: bytesOf(text) };
  });
  return { client, asked };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const clock = { now: () => 0, sleep: async () => undefined };
const map = (resourceVersion: string): KubeObject => ({ metadata: { namespace: 'n', resourceVersion } });

test('what differs from what was read last is told once, and read anew', async () => {
  const objects = new Map([['a', map('1')], ['b', map('2')]]);
  const { client } = server(objects);
  const references = referencedObjects(client, clock);
  const told: string[] = [];
  const watch = new ReferenceWatch({ client, nodeName: 'n1', objects: references, isNeeded: () => true, onChanged: (keys) => told.push(...keys) });
  const readAll = () => Promise.all(['a', 'b', 'none'].map((name) => references.configMap('n', name)));

  await readAll();
  await watch.catchUp();
  expect(told).toEqual([]);

  objects.set('a', map('3'));
  objects.set('none', map('4'));
  objects.delete('b');
  await watch.catchUp();
  expect(told.splice(0)).toEqual(['configmaps/n/a', 'configmaps/n/b', 'configmaps/n/none']);
  expect((await readAll()).map((found) => found?.metadata.resourceVersion)).toEqual(['3', undefined, '4']);
  await watch.catchUp();
  expect(told).toEqual([]);
});

test('nothing is asked where nothing is referred to, nor again of a server that does not answer this', async () => {
  const { client, asked } = server(new Map(), { isPlain: true });
  const of = (isNeeded: boolean) => new ReferenceWatch({ client, nodeName: 'n1', objects: referencedObjects(client, clock), isNeeded: () => isNeeded, onChanged: () => undefined });
  await of(false).catchUp();
  expect(asked).toEqual([]);
  const watch = of(true);
  await watch.catchUp();
  await watch.catchUp();
  expect(asked).toHaveLength(1);
});
