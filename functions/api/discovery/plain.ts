import type { ApiResource, ApiSubresource } from '../resource.ts';
import { groupVersionOf } from '../schema/schema.ts';

/**
 * Discovery as it always was, one document a level: `/api`, `/apis`, `/apis/{group}`, and `/api/v1` or `/apis/{group}/{version}`.
 * All are derived from what is served, in its order: groups as they come first, their preferred version first.
 */
export interface ApiGroup {
  name: string;
  versions: GroupVersionForDiscovery[];
  preferredVersion: GroupVersionForDiscovery;
}

interface GroupVersionForDiscovery {
  groupVersion: string;
  version: string;
}

/** `/api`. The address is where clients of any network reach this server, as `host:port`. */
export function discoverVersions(serverAddress: string) {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
}

/** `/apis`. */
export function discoverGroups(served: readonly ApiResource[]) {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(served) };
}

/** `/apis/{group}`; undefined: nothing of it is served. */
export function discoverGroup(served: readonly ApiResource[], name: string) {
  const group = groupsOf(served).find((candidate) => candidate.name === name);
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...group };
}

/** `/api/v1` and `/apis/{group}/{version}`; undefined: nothing of it is served. */
export function discoverResources(served: readonly ApiResource[], group: string, version: string) {
  const resources = served.filter((resource) => resource.group === group && resource.version === version);
  if (resources.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }), // the core group's list never had one
    groupVersion: groupVersionOf(group, version),
    resources: resources.flatMap((resource) => [resourceEntry(resource), ...resource.subresources.map((sub) => subresourceEntry(resource, sub))]),
  };
}

function groupsOf(served: readonly ApiResource[]): ApiGroup[] {
  const groups = new Map<string, ApiGroup>();
  for (const { group: name, version } of served) {
    if (name === '') continue;
    const entry = { groupVersion: `${name}/${version}`, version };
    const group = groups.get(name);
    if (!group) groups.set(name, { name, versions: [entry], preferredVersion: entry });
    else if (!group.versions.some((known) => known.version === version)) group.versions.push(entry);
  }
  return [...groups.values()];
}

function resourceEntry({ resource, singular, namespaced, kind, verbs, shortNames, categories }: ApiResource) {
  return {
    name: resource,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
  };
}

// Group and version only where the body's differ from the list's.
function subresourceEntry({ resource, namespaced, group, version }: ApiResource, { name, kind, verbs, ...body }: ApiSubresource) {
  const foreign = body.group !== group || body.version !== version;
  return { name: `${resource}/${name}`, singularName: '', namespaced, ...(foreign && { group: body.group, version: body.version }), kind, verbs };
}
