import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiResource, ApiSubresource } from '#api/resource';
import { ask, peerOfArguments } from './peer.ts';

// npx tsx test/generate/record-discovery.ts https://HOST:PORT TOKEN
// Asks a real kube-apiserver which resources it serves (they are code there, not types) and writes the facts for `functions/api/schema`,
// and its discovery documents as the expectation of the discovery tests.
const ROOT = join(import.meta.dirname, '../..');
const peer = peerOfArguments('test/generate/record-discovery.ts');

interface DiscoveredResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  group?: string;
  version?: string;
  kind: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  storageVersionHash?: string;
}
interface GroupVersion {
  group: string;
  version: string;
}

const documents: Record<string, unknown> = {};
const groupVersions = await servedGroupVersions();
const resources = (await Promise.all(groupVersions.map(resourcesOf))).flat();
for (const path of ['/api', '/apis']) await get(path, 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
const lines = resources.map((resource) => JSON.stringify(resource)).join(',\n');
writeFileSync(join(ROOT, 'functions/api/schema/resources.generated.json'), `[\n${lines}\n]\n`);
writeFileSync(join(ROOT, 'test/generate/discovery.recorded.json'), `${JSON.stringify(documents, undefined, 1)}\n`);
process.stdout.write(`${resources.length} resources of ${groupVersions.length} group versions\n`);

async function servedGroupVersions(): Promise<GroupVersion[]> {
  const { versions } = (await get('/api')) as { versions: string[] };
  const { groups } = (await get('/apis')) as { groups: { name: string; versions: { version: string }[] }[] };
  for (const { name } of groups) await get(`/apis/${name}`);
  return [
    ...versions.map((version) => ({ group: '', version })),
    ...groups.flatMap(({ name, versions }) => versions.map(({ version }) => ({ group: name, version }))),
  ];
}

async function resourcesOf({ group, version }: GroupVersion): Promise<ApiResource[]> {
  const list = (await get(group === '' ? `/api/${version}` : `/apis/${group}/${version}`)) as { resources: DiscoveredResource[] };
  return list.resources
    .filter(({ name }) => !name.includes('/'))
    .map((found) => ({
      group,
      version,
      kind: found.kind,
      resource: found.name,
      singular: found.singularName,
      shortNames: found.shortNames ?? [],
      categories: found.categories ?? [],
      namespaced: found.namespaced,
      verbs: found.verbs,
      subresources: list.resources.filter(({ name }) => name.startsWith(`${found.name}/`)).map((sub) => subresource(sub, { group, version })),
      storage: { ...storageVersion(found, { group, version }), resource: found.name },
    }));
}

function subresource(found: DiscoveredResource, parent: GroupVersion): ApiSubresource {
  const name = found.name.slice(found.name.indexOf('/') + 1);
  return { name, group: found.version === undefined ? parent.group : (found.group ?? ''), version: found.version ?? parent.version, kind: found.kind, verbs: found.verbs };
}

// The hash is that of group, version and kind under which the server stores: which of the served versions gives it? None for what
// it hashes by an internal version (apiextensions, apiregistration): those are served in one version only.
function storageVersion(found: DiscoveredResource, served: GroupVersion): GroupVersion {
  if (found.storageVersionHash === undefined) return served;
  const storage = groupVersions.find(({ group, version }) => storageVersionHash(`${group}/${version}/${found.kind}`) === found.storageVersionHash);
  return storage ?? served;
}

function storageVersionHash(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64');
}

async function get(path: string, accept = 'application/json'): Promise<unknown> {
  const { body } = await ask(peer, path, { accept });
  return (documents[accept === 'application/json' ? path : `${path} ${accept}`] = JSON.parse(body.toString('utf8')) as unknown);
}
