import type { ApiResource, ApiSubresource } from '../resource.ts';

/**
 * Aggregated discovery: everything of `/api` or of `/apis` in one document. Clients name it in Accept and take the plain documents
 * where it is not offered; `v2` is the only version that Kubernetes 1.36 serves.
 */
export const AGGREGATED_MEDIA_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export function acceptsAggregated(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    return type === 'application/json' && ['g=apidiscovery.k8s.io', 'v=v2', 'as=APIGroupDiscoveryList'].every((wanted) => parameters.includes(wanted));
  });
}

/** `/api` has the core group alone, `/apis` all others. */
export function discoverAggregated(served: readonly ApiResource[], root: '/api' | '/apis') {
  const resources = served.filter(({ group }) => (group === '') === (root === '/api'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: distinct(resources.map(({ group }) => group)).map((group) => groupEntry(group, resources.filter((resource) => resource.group === group))),
  };
}

function groupEntry(group: string, resources: readonly ApiResource[]) {
  return {
    metadata: group === '' ? {} : { name: group },
    versions: distinct(resources.map(({ version }) => version)).map((version) => ({
      version,
      resources: resources.filter((resource) => resource.version === version).map(resourceEntry),
      freshness: 'Current',
    })),
  };
}

function resourceEntry(resource: ApiResource) {
  const { shortNames, categories, subresources } = resource;
  return {
    resource: resource.resource,
    responseKind: ownKind(resource.kind),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && { subresources: subresources.map((sub) => subresourceEntry(resource, sub)) }),
  };
}

function subresourceEntry(resource: ApiResource, { name, group, version, kind, verbs }: ApiSubresource) {
  const foreign = group !== resource.group || version !== resource.version;
  return { subresource: name, responseKind: foreign ? { group, version, kind } : ownKind(kind), verbs };
}

// Empty group and version: those under which it is listed.
function ownKind(kind: string) {
  return { group: '', version: '', kind };
}

function distinct(values: string[]): string[] {
  return [...new Set(values)];
}
