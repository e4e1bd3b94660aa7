import { deletableResources, storedUnder } from './resources.ts';
import { allBounded } from './runtime/bounded.ts';
import { updateIfThere } from './runtime/cluster-view.ts';
import { DONE } from './runtime/controller.ts';
import { nameOf } from './runtime/object-change.ts';
import { storageId } from './runtime/tails.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { Controller, Outcome, ReconcileContext } from './runtime/controller.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject, OwnerReference } from '#api/object';
import type { ApiResource } from '#api/resource';
import { resourceOfKind } from '#api/resources';
import { blockingNobody, blocksDeletion, FOREGROUND, isInDeletion, judgeDependent, ORPHAN, withoutFinalizer, withoutOwners } from '#core/garbage/owners';
import type { OwnerState } from '#core/garbage/owners';

/**
 * Deletes what has lost its owners, and lets go of owners that wait for it. Keys: `gone/<uid>`, an owner that was deleted;
 * `item/<resource>/<name>`, an object whose own references or deletion are to be looked at.
 */
export const garbageCollector: Controller = {
  name: 'garbage-collector',
  sources: deletableResources().map((resource) => ({ resource, cold: true, keys: (change) => keysOf(resource, change) })),
  reconcile: (key, context) => (key.startsWith('gone/') ? collectDependents(key.slice('gone/'.length), context) : lookAt(key, context)),
};

function keysOf(resource: ApiResource, { key, object, previous }: ObjectChange<KubeObject>): string[] {
  if (object === undefined) return previous?.metadata.uid === undefined ? [] : [`gone/${previous.metadata.uid}`, ...unblockedOwners(previous)];
  const hasNewOwners = object.metadata.ownerReferences !== undefined && !isEqual(object.metadata.ownerReferences, previous?.metadata.ownerReferences);
  const isWaiting = isInDeletion(object, FOREGROUND) || isInDeletion(object, ORPHAN);
  const unblocked = previous === undefined ? [] : unblockedOwners(previous, object);
  return hasNewOwners || isWaiting ? [`item/${storageId(resource)}/${key}`, ...unblocked] : unblocked;
}

// An owner in foreground deletion waits for its last dependant to go, or to let it go.
function unblockedOwners(previous: KubeObject, object?: KubeObject): string[] {
  const { metadata } = previous;
  return (metadata.ownerReferences ?? [])
    .filter(({ uid, blockOwnerDeletion }) => blockOwnerDeletion === true && !(object && blocksDeletion(object, uid)))
    .flatMap((reference) => {
      const owner = ownerRef(reference, metadata.namespace);
      return owner === undefined ? [] : [`item/${storageId(owner.resource)}/${owner.namespace === undefined ? '' : `${owner.namespace}/`}${owner.name}`];
    });
}

async function collectDependents(uid: string, context: ReconcileContext): Promise<Outcome> {
  const dependents = await dependentsOf(uid, context.view);
  await allBounded(dependents, (dependent) => collect(dependent, context.view));
  return DONE;
}

async function lookAt(key: string, { view }: ReconcileContext): Promise<Outcome> {
  const [, id = '', ...rest] = key.split('/');
  const resource = storedUnder(id);
  const name = nameOf(rest.join('/'));
  const object = resource === undefined ? undefined : await view.get(resource, name);
  if (resource === undefined || object === undefined) return DONE;
  if (isInDeletion(object, ORPHAN)) await orphanDependents({ resource, object }, view);
  else if (isInDeletion(object, FOREGROUND)) await deleteDependentsFirst({ resource, object }, view);
  else await collect({ resource, object }, view);
  return DONE;
}

interface Located {
  resource: ApiResource;
  object: KubeObject;
}

async function collect({ resource, object }: Located, view: ClusterView): Promise<void> {
  const { namespace, name = '', uid = '' } = object.metadata;
  const states = new Map<string, OwnerState>();
  for (const reference of object.metadata.ownerReferences ?? []) states.set(reference.uid, await ownerState(reference, namespace, view));
  const dependents = [...states.values()].includes('deletingDependents') ? await dependentsOf(uid, view) : [];
  const verdict = judgeDependent(object, (reference) => states.get(reference.uid) ?? 'unknown', dependents.length > 0);
  if (verdict.action === 'dropReferences') {
    await updateIfThere(view, resource, { object, change: (current) => withoutOwners(current, verdict.uids) });
  } else if (verdict.action === 'delete') {
    // A dependant that waits for its own may wait, in a circle, for this one: whoever closes the circle opens it.
    const isInCircle = dependents.some((dependent) => isInDeletion(dependent.object, FOREGROUND));
    const current = isInCircle ? await updateIfThere(view, resource, { object, change: blockingNobody }) : object;
    const { resourceVersion } = current?.metadata ?? {};
    if (resourceVersion !== undefined) await view.remove(resource, { namespace, name }, { preconditions: { uid, resourceVersion }, propagationPolicy: verdict.propagationPolicy });
  }
}

async function orphanDependents({ resource, object }: Located, view: ClusterView): Promise<void> {
  const uid = object.metadata.uid ?? '';
  const dependents = await dependentsOf(uid, view);
  await allBounded(dependents, (dependent) => updateIfThere(view, dependent.resource, { object: dependent.object, change: (current) => withoutOwners(current, [uid]) }));
  await updateIfThere(view, resource, { object, change: (current) => withoutFinalizer(current, ORPHAN) });
}

async function deleteDependentsFirst({ resource, object }: Located, view: ClusterView): Promise<void> {
  const uid = object.metadata.uid ?? '';
  await allBounded(await dependentsOf(uid, view), (dependent) => collect(dependent, view));
  const left = await dependentsOf(uid, view);
  // The last one that blocks announces its own deletion and brings us back.
  if (left.some(({ object: dependent }) => blocksDeletion(dependent, uid))) return;
  await updateIfThere(view, resource, { object, change: (current) => withoutFinalizer(current, FOREGROUND) });
}

// One of a kind that was never seen with an owner is looked at itself when its log is read, and is found to have lost it.
async function dependentsOf(uid: string, view: ClusterView): Promise<Located[]> {
  const found = await Promise.all(
    deletableResources().filter(view.mayHoldDependents).map(async (resource) => (await view.list(resource, { index: { index: 'owner', term: uid } })).map((object) => ({ resource, object }))),
  );
  return found.flat();
}

async function ownerState(reference: OwnerReference, namespace: string | undefined, view: ClusterView): Promise<OwnerState> {
  const ref = ownerRef(reference, namespace);
  if (ref === undefined) return 'unknown';
  const owner = await view.get(ref.resource, ref);
  if (owner === undefined || owner.metadata.uid !== reference.uid) return 'absent';
  return isInDeletion(owner, FOREGROUND) ? 'deletingDependents' : 'present';
}

// undefined: of a kind that is not served, or (against the rules) a namespaced owner of something that has no namespace.
function ownerRef({ apiVersion, kind, name }: OwnerReference, namespace: string | undefined): { resource: ApiResource; namespace?: string; name: string } | undefined {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const resource = resourceOfKind(group, version, kind);
  if (resource === undefined) return undefined;
  if (!resource.namespaced) return { resource, name };
  return namespace === undefined ? undefined : { resource, namespace, name };
}
