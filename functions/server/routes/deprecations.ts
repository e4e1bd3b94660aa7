import type { ApiResource } from '#api/resource';

// Said with every answer about these, as Kubernetes 1.36 does.
const DEPRECATED: Record<string, string> = {
  'endpoints./v1': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  'componentstatuses./v1': 'v1 ComponentStatus is deprecated in v1.19+',
};

export function deprecationWarnings({ resource, group, version }: ApiResource): string[] {
  const text = DEPRECATED[`${resource}.${group}/${version}`];
  return text === undefined ? [] : [text];
}
