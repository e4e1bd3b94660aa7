import { PODS } from './resources.ts';
import { adopt, release } from './runtime/adoption.ts';
import { keyOf } from './runtime/object-change.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject, OwnerReference } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { Pod } from '#api/schema/kinds.generated';
import { groupVersionOf } from '#api/schema/schema';
import type { LabelSelector } from '#api/selectors/labels';
import { claimDependents, controllerOf, controllerReference } from '#core/owner';

/** A kind that has dependants: how its objects know their own. */
export interface OwnerKind<T extends KubeObject = KubeObject> {
  resource: ApiResource;
  selectorOf(owner: T): LabelSelector;
}

export function referenceTo(owner: KubeObject, { resource }: Pick<OwnerKind, 'resource'>): OwnerReference {
  const { group, version, kind } = resource;
  return controllerReference(owner, { apiVersion: groupVersionOf(group, version), kind });
}

/** The owner's dependants of one resource, after it has adopted those that match and belong to nobody, and let go of those that no longer match. */
export async function claimed<D extends KubeObject, T extends KubeObject>(view: ClusterView, owner: T, { kind, resource }: { kind: OwnerKind<T>; resource: ApiResource }): Promise<D[]> {
  const selector = kind.selectorOf(owner);
  const matches = ({ metadata }: KubeObject): boolean => selector.matches(metadata.labels);
  const candidates = await view.list<D>(resource, { ...inNamespace(owner), matches: (object) => controllerOf(object)?.uid === owner.metadata.uid || matches(object) });
  const { owned, adopt: orphans, release: strangers } = claimDependents(owner, candidates, matches);
  const reference = referenceTo(owner, kind);
  const adopted = await Promise.all(orphans.map((object) => adopt(view, resource, { object, reference })));
  await Promise.all(strangers.map((object) => release(view, resource, { object, ownerUid: reference.uid })));
  return [...owned, ...adopted.filter((object) => object !== undefined)];
}

export function claimedPods<T extends KubeObject>(view: ClusterView, owner: T, kind: OwnerKind<T>): Promise<Pod[]> {
  return claimed<Pod, T>(view, owner, { kind, resource: PODS });
}

/** Without claiming: what is seen right after one's own writes. */
export async function ownedPods(view: ClusterView, owner: KubeObject): Promise<Pod[]> {
  return view.list<Pod>(PODS, { ...inNamespace(owner), matches: (pod) => controllerOf(pod)?.uid === owner.metadata.uid });
}

/** The owners that a dependant's change concerns: its present and its last one; of an orphan all that would select it. */
export function ownersOf<T extends KubeObject>(kind: OwnerKind<T>): (change: ObjectChange<KubeObject>, view: ClusterView) => Promise<string[]> {
  return async (change, view) => {
    const { object, previous } = change;
    const own = controllersOf(change, kind.resource);
    if (own.length > 0 || object === undefined || controllerOf(object) !== undefined) return own;
    if (previous !== undefined && isEqual(object.metadata.labels, previous.metadata.labels)) return [];
    const all = await view.list<T>(kind.resource, inNamespace(object));
    return all.filter((owner) => kind.selectorOf(owner).matches(object.metadata.labels)).map(({ metadata }) => keyOf(metadata.namespace, metadata.name ?? ''));
  };
}

/** The keys of the controllers of this kind that an object has, and had before the change. */
export function controllersOf({ object, previous, namespace }: ObjectChange<KubeObject>, { kind }: ApiResource): string[] {
  const owners = [object, previous].flatMap((state) => (state === undefined ? [] : (controllerOf(state) ?? [])));
  return [...new Set(owners.filter((owner) => owner.kind === kind).map(({ name }) => keyOf(namespace, name)))];
}

export function inNamespace({ metadata: { namespace } }: KubeObject): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}
