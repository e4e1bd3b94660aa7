import { applyDefaults } from '#api/defaulting';
import { trackUpdate, type FieldWriter } from '#api/managed-fields/track';
import { trackedKind } from '#api/managed-fields/tracked-kind';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { formatTime } from '#api/time';
import { addressRange } from '#core/service-addresses';
import { LOCAL_PROVISIONER } from '#core/volumes/local-volume';
import { hasCode } from '#ports/errors';
import { serviceClaims } from '../admission/service-allocation.ts';
import type { ServerDeps } from '../deps.ts';
import { builtIn } from '../lookup.ts';
import { apiEndpoints, apiEndpointSlice, apiService } from './api-service.ts';
import { defaultClusterRoleBindings, defaultClusterRoles } from './roles.ts';

const RBAC = 'rbac.authorization.k8s.io';

export interface BootstrapOptions {
  /** Where the API is reached from nodes; pods come to it through the Service `kubernetes`. */
  apiAddress: { ip: string; port: number };
}

/** What every cluster has from its first moment. May run at each start, and in several processes at once: it only adds what is missing. */
export async function bootstrapCluster(deps: ServerDeps, { apiAddress }: BootstrapOptions): Promise<void> {
  await ensureTogether(deps, [
    [builtIn('', 'namespaces'), NAMESPACES],
    [builtIn(RBAC, 'clusterroles'), defaultClusterRoles()],
    [builtIn(RBAC, 'clusterrolebindings'), defaultClusterRoleBindings()],
    [builtIn('scheduling.k8s.io', 'priorityclasses'), PRIORITY_CLASSES],
    [builtIn('storage.k8s.io', 'storageclasses'), [LOCAL_STORAGE]],
  ]);
  await Promise.all([
    ensureAll(deps, builtIn('', 'services'), [apiService(addressRange(deps.config.serviceCidr).at(0), apiAddress.port)]),
    ensureServiceRange(deps),
    ...(isLoopback(apiAddress.ip) ? [] : endpointsOf(deps, apiAddress)),
  ]);
}

// The range from which Services get their addresses, for clients that look for it; no other is drawn from.
async function ensureServiceRange(deps: ServerDeps): Promise<void> {
  const resource = builtIn('networking.k8s.io', 'servicecidrs');
  const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' } };
  await ensureAll(deps, resource, [{ ...kind, spec: { cidrs: [deps.config.serviceCidr] } }]);
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: formatTime(deps.clock.now()), reason: '', message: 'Kubernetes default Service CIDR is ready' };
  await deps.store.update({ resource, name: 'kubernetes' }, (current) => ({ ...current, status: { conditions: [ready], ...(current['status'] as object | undefined) } }), { subresource: 'status' });
}

// Endpoints may not be of the loopback range: a pod would find itself there.
function isLoopback(ip: string): boolean {
  return ip.startsWith('127.');
}

function endpointsOf(deps: ServerDeps, apiAddress: BootstrapOptions['apiAddress']): Promise<void>[] {
  return [ensureSame(deps, builtIn('', 'endpoints'), apiEndpoints(apiAddress)), ensureSame(deps, builtIn('discovery.k8s.io', 'endpointslices'), apiEndpointSlice(apiAddress))];
}

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));

const PRIORITY_CLASSES = [
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
].map((fields) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', ...fields, preemptionPolicy: 'PreemptLowerPriority' }));

// Folders on nodes. A volume is made where the first pod that wants it is placed.
const LOCAL_STORAGE = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'zeroplane-local', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: LOCAL_PROVISIONER,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/** A new cluster is made of few commits instead of a hundred. Where another process does the same, each object for itself. */
async function ensureTogether(deps: ServerDeps, contents: [ApiResource, KubeObject[]][]): Promise<void> {
  const missing = await Promise.all(contents.map(async ([resource, objects]) => (await missingOf(deps, resource, objects)).map((object) => ({ resource, object }))));
  try {
    await deps.store.createAll(missing.flat().map(({ resource, object }) => ({ resource, object: prepared(deps, resource, object) })));
  } catch (error) {
    if (!hasCode(error, 'Conflict')) throw error;
    for (const [resource, objects] of contents) await ensureAll(deps, resource, objects);
  }
}

async function ensureAll(deps: ServerDeps, resource: ApiResource, objects: KubeObject[]): Promise<void> {
  await Promise.all((await missingOf(deps, resource, objects)).map((object) => createOnce(deps, resource, object)));
}

async function missingOf({ store }: ServerDeps, resource: ApiResource, objects: KubeObject[]): Promise<KubeObject[]> {
  const { items } = await store.list(resource, {});
  const present = new Set(items.map(({ object }) => keyOf(object)));
  return objects.filter((object) => !present.has(keyOf(object)));
}

/** As `ensureAll`, for one whose content follows the installation's address. */
async function ensureSame(deps: ServerDeps, resource: ApiResource, object: KubeObject): Promise<void> {
  await ensureAll(deps, resource, [object]);
  const { namespace = '', name = '' } = object.metadata;
  await deps.store.update({ resource, namespace, name }, (current, live) => {
    const same = { ...current, ...defaulted(resource, object), metadata: current.metadata };
    return trackUpdate(trackedKind(resource, ''), same, { live, writer: writerOf(deps) });
  });
}

async function createOnce(deps: ServerDeps, resource: ApiResource, object: KubeObject): Promise<void> {
  try {
    await deps.store.create(resource, prepared(deps, resource, object), serviceClaims(deps, resource));
  } catch (error) {
    // Another process was first, and where it was faster by little, the Service's address is refused before its name is.
    if (!(await isThere(deps, resource, object))) throw error;
  }
}

async function isThere({ store }: ServerDeps, resource: ApiResource, { metadata: { namespace, name = '' } }: KubeObject): Promise<boolean> {
  try {
    await store.get({ resource, name, ...(namespace === undefined ? {} : { namespace }) });
    return true;
  } catch (error) {
    if (hasCode(error, 'NotFound')) return false;
    throw error;
  }
}

function prepared(deps: ServerDeps, resource: ApiResource, object: KubeObject): KubeObject {
  return trackUpdate(trackedKind(resource, ''), defaulted(resource, object), { live: undefined, writer: writerOf(deps) });
}

function writerOf({ clock }: ServerDeps): FieldWriter {
  return { name: 'kube-apiserver', subresource: '', now: formatTime(clock.now()) };
}

function defaulted(resource: ApiResource, object: KubeObject): KubeObject {
  const copy = structuredClone(object);
  applyDefaults(resource, copy);
  return copy;
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
