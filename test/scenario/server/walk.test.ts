import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { RESOURCES } from '#api/resources';
import { groupVersionOf, typeOf } from '#api/schema/schema';
import { NAMESPACE, samples } from '#test/differential/samples';
import { startApiServer, type ApiServer } from '#test/support/api-server';
import { fullObject } from '#test/support/generated-object';
import { openWatch } from '#test/support/watch-lines';
import { VALID_OBJECTS } from './valid-objects.ts';

// Every resource that stores objects, through every verb: generically, so that a kind without a line of its own is served all the same.
let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
  await api.request('POST', '/api/v1/namespaces', { body: { metadata: { name: NAMESPACE } } });
});
afterAll(() => api.close());

const stored = RESOURCES.filter(({ verbs }) => verbs.includes('update'));
const byKind = new Map(samples().map(({ resource, object }) => [`${resource.group}/${resource.kind}`, object]));

/** A sample where there is one, else an object with every field of its type, or what the kind's own rules take instead. */
async function validObject(resource: ApiResource): Promise<KubeObject> {
  const { group, version, kind } = resource;
  const sample = byKind.get(`${group}/${kind}`);
  const struct = typeOf(group, version, kind);
  if (!struct) throw new Error(`no type for ${kind}`);
  if (sample) return named(resource, sample);
  const full = named(resource, { ...fullObject(struct), metadata: {} });
  const { status } = await api.request('POST', `${collectionOf(resource)}?dryRun=All`, { body: full });
  return status === 422 && VALID_OBJECTS[kind] ? named(resource, { ...VALID_OBJECTS[kind], metadata: {} }) : full;
}

function named({ group, version, kind }: ApiResource, { metadata, ...fields }: KubeObject): KubeObject {
  const { labels, annotations } = metadata;
  return { ...structuredClone(fields), kind, apiVersion: groupVersionOf(group, version), metadata: { name: `walk-${kind.toLowerCase()}`, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) } };
}

function collectionOf({ group, version, resource, namespaced }: ApiResource): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced ? `${root}/namespaces/${NAMESPACE}/${resource}` : `${root}/${resource}`;
}

const title = ({ resource, group, version }: ApiResource) => `${resource}.${group}/${version}`;

test.each(stored.map((resource) => [title(resource), resource] as const))('%s', async (_title, resource) => {
  const collection = collectionOf(resource);
  const object = await validObject(resource);
  const path = `${collection}/${object.metadata.name}`;
  const ask = async (method: string, where: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await api.request(method, where, { body, headers });
    expect([method, where, answer.status, answer.status < 300 ? '' : answer.json.message]).toEqual([method, where, answer.status < 300 ? answer.status : 200, '']);
    return answer.json;
  };
  const patch = (type: string, body: unknown) => ask('PATCH', path, body, { 'content-type': `application/${type}` });

  const before = (await ask('GET', `${collection}?limit=1`)).metadata.resourceVersion;
  const created = await ask('POST', collection, object);
  expect(await ask('GET', path)).toEqual(created);
  expect((await ask('GET', collection)).items.map(({ metadata }) => metadata.name)).toContain(object.metadata.name);
  expect(await ask('GET', path, undefined, { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' })).toMatchObject({ kind: 'Table', rows: [{ object: { metadata: created.metadata } }] });
  const watch = await openWatch(api, `${collection}?watch=true&untilHead=true&resourceVersion=${before}`);
  expect((await watch.rest()).map(({ type, object: seen }) => [type, seen.metadata.name ?? ''])).toEqual([['ADDED', object.metadata.name], ['BOOKMARK', '']]);

  const replaced = await ask('PUT', path, { ...created, metadata: { ...created.metadata, labels: { step: 'update' } } });
  expect(Number(replaced.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion));
  await patch('merge-patch+json', { metadata: { labels: { step: 'merge' } } });
  await patch('strategic-merge-patch+json', { metadata: { labels: { step: 'strategic' } } });
  const patched = await patch('json-patch+json', [{ op: 'replace', path: '/metadata/labels/step', value: 'json' }]);
  expect(patched.metadata).toMatchObject({ labels: { step: 'json' } });
  for (const { name, verbs } of resource.subresources.filter((one) => one.verbs.includes('get') && one.verbs.includes('patch') && one.name !== 'proxy')) {
    await ask('GET', `${path}/${name}`);
    if (verbs.includes('patch')) await ask('PATCH', `${path}/${name}`, {}, { 'content-type': 'application/merge-patch+json' });
  }

  if (resource.verbs.includes('deletecollection')) {
    const gone = await ask('DELETE', `${collection}?labelSelector=step%3Djson&gracePeriodSeconds=0`);
    expect(gone.items.map(({ metadata }) => metadata.name)).toEqual([object.metadata.name]);
    expect((await api.request('GET', path)).status).toBe(404);
  } else await ask('DELETE', path);
  expect(api.failures).toEqual([]);
});
