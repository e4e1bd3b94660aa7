import type { ApiResource } from './resource.ts';
import facts from './schema/resources.generated.json' with { type: 'json' };

/** Everything built in that is served, in the order of discovery: groups as a kube-apiserver lists them, preferred versions first. */
export const RESOURCES: readonly ApiResource[] = facts;

const byPlural = new Map(RESOURCES.map((resource) => [`${resource.group}/${resource.version}/${resource.resource}`, resource]));
// A subresource's kind (Scale, Eviction) is no resource: only what has objects of its own is found by kind.
const byKind = new Map(RESOURCES.map((resource) => [`${resource.group}/${resource.version}/${resource.kind}`, resource]));

export function resourceFor(group: string, version: string, plural: string): ApiResource | undefined {
  return byPlural.get(`${group}/${version}/${plural}`);
}

export function resourceOfKind(group: string, version: string, kind: string): ApiResource | undefined {
  return byKind.get(`${group}/${version}/${kind}`);
}

/** The resource as it is stored: the store knows no other version. */
export function storageResource(resource: ApiResource): ApiResource {
  const { group, version, resource: plural } = resource.storage;
  return resourceFor(group, version, plural) ?? resource;
}
