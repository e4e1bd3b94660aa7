import { storageId } from './runtime/tails.ts';
import type { ApiResource } from '#api/resource';
import { resourceFor, RESOURCES } from '#api/resources';

// What controllers read and write, by name.
export const PODS = builtIn('', 'v1', 'pods');
export const NODES = builtIn('', 'v1', 'nodes');
export const SERVICES = builtIn('', 'v1', 'services');
export const ENDPOINTS = builtIn('', 'v1', 'endpoints');
export const EVENTS = builtIn('', 'v1', 'events');
export const NAMESPACES = builtIn('', 'v1', 'namespaces');
export const CONFIG_MAPS = builtIn('', 'v1', 'configmaps');
export const SERVICE_ACCOUNTS = builtIn('', 'v1', 'serviceaccounts');
export const PERSISTENT_VOLUMES = builtIn('', 'v1', 'persistentvolumes');
export const PERSISTENT_VOLUME_CLAIMS = builtIn('', 'v1', 'persistentvolumeclaims');
export const RESOURCE_QUOTAS = builtIn('', 'v1', 'resourcequotas');
export const REPLICATION_CONTROLLERS = builtIn('', 'v1', 'replicationcontrollers');
export const STORAGE_CLASSES = builtIn('storage.k8s.io', 'v1', 'storageclasses');
export const DEPLOYMENTS = builtIn('apps', 'v1', 'deployments');
export const REPLICA_SETS = builtIn('apps', 'v1', 'replicasets');
export const STATEFUL_SETS = builtIn('apps', 'v1', 'statefulsets');
export const DAEMON_SETS = builtIn('apps', 'v1', 'daemonsets');
export const CONTROLLER_REVISIONS = builtIn('apps', 'v1', 'controllerrevisions');
export const JOBS = builtIn('batch', 'v1', 'jobs');
export const CRON_JOBS = builtIn('batch', 'v1', 'cronjobs');
export const POD_DISRUPTION_BUDGETS = builtIn('policy', 'v1', 'poddisruptionbudgets');
export const ENDPOINT_SLICES = builtIn('discovery.k8s.io', 'v1', 'endpointslices');

const DELETABLE = RESOURCES.filter(
  ({ group, version, resource, verbs, storage }) =>
    verbs.includes('delete') && verbs.includes('list') && storage.resource !== 'events' && storage.group === group && storage.version === version && storage.resource === resource,
);

function builtIn(group: string, version: string, plural: string): ApiResource {
  const resource = resourceFor(group, version, plural);
  if (resource === undefined) throw new Error(`no resource ${plural}.${group}/${version} in the schema table`);
  return resource;
}

/** One entry for each stored resource whose objects can be listed and deleted; Events live short and own nothing. */
export function deletableResources(): ApiResource[] {
  return DELETABLE;
}

/** By `<plural>.<group>` of its storage. */
export function storedUnder(id: string): ApiResource | undefined {
  return DELETABLE.find((resource) => storageId(resource) === id);
}
