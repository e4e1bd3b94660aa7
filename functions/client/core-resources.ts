import type { ResourcePath } from './api-client.ts';

/** The resources that programs of ours name by hand. */
export const PODS: ResourcePath = { group: '', version: 'v1', resource: 'pods' };
export const NODES: ResourcePath = { group: '', version: 'v1', resource: 'nodes' };
export const EVENTS: ResourcePath = { group: '', version: 'v1', resource: 'events' };
export const CONFIG_MAPS: ResourcePath = { group: '', version: 'v1', resource: 'configmaps' };
export const SECRETS: ResourcePath = { group: '', version: 'v1', resource: 'secrets' };
export const SERVICES: ResourcePath = { group: '', version: 'v1', resource: 'services' };
export const SERVICE_ACCOUNTS: ResourcePath = { group: '', version: 'v1', resource: 'serviceaccounts' };
export const PERSISTENT_VOLUME_CLAIMS: ResourcePath = { group: '', version: 'v1', resource: 'persistentvolumeclaims' };
export const PERSISTENT_VOLUMES: ResourcePath = { group: '', version: 'v1', resource: 'persistentvolumes' };
export const NAMESPACES: ResourcePath = { group: '', version: 'v1', resource: 'namespaces' };
export const ENDPOINT_SLICES: ResourcePath = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };
export const DEPLOYMENTS: ResourcePath = { group: 'apps', version: 'v1', resource: 'deployments' };
export const REPLICA_SETS: ResourcePath = { group: 'apps', version: 'v1', resource: 'replicasets' };
export const CONTROLLER_REVISIONS: ResourcePath = { group: 'apps', version: 'v1', resource: 'controllerrevisions' };
export const LEASES: ResourcePath = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' };
