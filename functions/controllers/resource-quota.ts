import { deletableResources, RESOURCE_QUOTAS } from './resources.ts';
import { after, DONE } from './runtime/controller.ts';
import { keyOf, nameOf } from './runtime/object-change.ts';
import { updateStatus } from './runtime/status.ts';
import { storageId } from './runtime/tails.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { ResourceQuota } from '#api/schema/kinds.generated';
import { formatQuantity, parseQuantity } from '#api/quantity';
import { isEqual } from '#api/equal';
import { addInto } from '#api/pod-quantities';
import type { Quantities } from '#api/pod-quantities';
import { countedResources, limitedUsage } from '#core/quota/usage';
import { isPodFinished } from '#core/pod-state';

// A write that was counted and then failed leaves no trace of its own.
const RESYNC_MS = 5 * 60_000;
const COUNTABLE = deletableResources().filter(({ namespaced }) => namespaced);

/** Counts what each quota's namespace really holds: gives back what is gone, and what admission counted for writes that failed. */
export const resourceQuotaController: Controller = {
  name: 'resourcequota-controller',
  sources: COUNTABLE.map((resource) => ({ resource, cold: true, keys: resource === RESOURCE_QUOTAS ? keysOfQuota : (change, view) => keysOfCounted(resource, change, view) })),
  reconcile,
};

async function reconcile(key: string, { view }: ReconcileContext): Promise<Outcome> {
  const quota = await view.get<ResourceQuota>(RESOURCE_QUOTAS, nameOf(key));
  if (quota === undefined) return DONE;
  const used: Quantities = new Map(Object.keys(quota.spec?.hard ?? {}).map((name) => [name, parseQuantity('0')]));
  for (const { group, resource } of countedResources(quota)) {
    const counted = COUNTABLE.find(({ storage }) => storage.group === group && storage.resource === resource);
    if (counted === undefined) continue;
    const objects = await view.list(counted, { namespace: quota.metadata.namespace ?? '' });
    for (const object of objects) addInto(used, limitedUsage(quota, { group, resource }, object));
  }
  const status = { hard: { ...quota.spec?.hard }, used: Object.fromEntries([...used].map(([name, amount]) => [name, formatQuantity(amount)])) };
  await updateStatus(view, RESOURCE_QUOTAS, { object: quota, status });
  return after(RESYNC_MS);
}

function keysOfQuota({ object, previous, key }: ObjectChange<ResourceQuota>): string[] {
  return object === undefined || (previous !== undefined && isEqual(object.spec, previous.spec)) ? [] : [key];
}

async function keysOfCounted(resource: ApiResource, { object, previous, namespace }: ObjectChange<KubeObject>, view: ClusterView): Promise<string[]> {
  if (namespace === undefined || (object !== undefined && previous !== undefined && !hasShrunk(object, previous, resource))) return [];
  const quotas = await view.list<ResourceQuota>(RESOURCE_QUOTAS, { namespace });
  const id = storageId(resource);
  return quotas.filter((quota) => countedResources(quota).some((what) => `${what.resource}.${what.group}` === id)).map(({ metadata }) => keyOf(namespace, metadata.name ?? ''));
}

// A pod that ends gives its share back before it is deleted; Services and claims may ask for less.
function hasShrunk(object: KubeObject, previous: KubeObject, { resource }: ApiResource): boolean {
  if (resource === 'pods') return isPodFinished(object) !== isPodFinished(previous);
  return (resource === 'services' || resource === 'persistentvolumeclaims') && !isEqual(object.spec, previous.spec);
}
