/**
 * What the API serves, as facts: one entry a resource and version. The table of entries is generated
 * (`schema/`), this is their shape.
 */
export interface ApiResource {
  group: string; // '' is core
  version: string;
  kind: string;
  resource: string; // plural, lower case
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  verbs: string[];
  subresources: ApiSubresource[];
  /** Where it is stored: several versions of a resource, and both Event groups, share one. */
  storage: { group: string; version: string; resource: string };
}

export interface ApiSubresource {
  name: string; // status, scale, binding, eviction, token, log, exec ...
  /** The kind of its body, which may be of another group (autoscaling/v1 Scale). */
  group: string;
  version: string;
  kind: string;
  verbs: string[];
}
