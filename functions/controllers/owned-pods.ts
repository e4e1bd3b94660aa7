import { PODS } from './resources.ts';
import { adopt, release } from './runtime/adoption.ts';
import { keyOf } from './runtime/object-change.ts';
import type { ClusterView } from './runtime/cluster-view.ts';
import type { ObjectChange } from './runtime/object-change.ts';
import { isEqual } from '#api/equal';
import type { KubeObject, OwnerReference } from '#api/object';
import type { ApiResource } from '#api/resource';
import type { Pod } from '#api/schema/kinds.generated';
import type { LabelSelector } from '#api/selectors/labels';
import { claimDependents, controllerOf, controllerReference } from '#core/owner';

/** A kind that has pods: how its objects know their own. */
export interface PodOwnerKind<T extends KubeObject = KubeObject> {
  resource: ApiResource;
  selectorOf(owner: T): LabelSelector;
}

export function referenceTo(owner: KubeObject, { resource }: Pick<PodOwnerKind, 'resource'>): OwnerReference {
  const { group, version, kind } = resource;
  return controllerReference(owner, { apiVersion: group === '' ? version : `${group}/${version}`, kind });
}

/** The owner's pods, after it has adopted those that match and belong to nobody, and let go of those that no longer match. */
export async function claimedPods<T extends KubeObject>(view: ClusterView, owner: T, kind: PodOwnerKind<T>): Promise<Pod[]> {
  const selector = kind.selectorOf(owner);
  const candidates = await view.list<Pod>(PODS, {
    ...inNamespace(owner),
    matches: (pod) => controllerOf(pod)?.uid === owner.metadata.uid || selector.matches(pod.metadata.labels),
  });
  const claimed = claimDependents(owner, candidates, (pod) => selector.matches(pod.metadata.labels));
  const adopted = await Promise.all(claimed.adopt.map((pod) => adopt(view, PODS, { object: pod, reference: referenceTo(owner, kind) })));
  await Promise.all(claimed.release.map((pod) => release(view, PODS, { object: pod, ownerUid: owner.metadata.uid ?? '' })));
  return [...claimed.owned, ...adopted.filter((pod) => pod !== undefined)];
}

/** Without claiming: what is seen right after one's own writes. */
export async function ownedPods(view: ClusterView, owner: KubeObject): Promise<Pod[]> {
  return view.list<Pod>(PODS, { ...inNamespace(owner), matches: (pod) => controllerOf(pod)?.uid === owner.metadata.uid });
}

/** The owners that a pod's change concerns: its present and its last one; of an orphan all that would select it. */
export function ownersOfPod<T extends KubeObject>(kind: PodOwnerKind<T>): (change: ObjectChange<KubeObject>, view: ClusterView) => Promise<string[]> {
  return async ({ object, previous, namespace }, view) => {
    const owners = [object, previous].flatMap((pod) => (pod === undefined ? [] : (controllerOf(pod) ?? [])));
    const own = owners.filter((owner) => owner.kind === kind.resource.kind);
    if (own.length > 0) return [...new Set(own.map(({ name }) => keyOf(namespace, name)))];
    if (owners.length > 0 || object === undefined) return [];
    if (previous !== undefined && isEqual(object.metadata.labels, previous.metadata.labels)) return [];
    const all = await view.list<T>(kind.resource, inNamespace(object));
    return all.filter((owner) => kind.selectorOf(owner).matches(object.metadata.labels)).map(({ metadata }) => keyOf(metadata.namespace, metadata.name ?? ''));
  };
}

export function inNamespace({ metadata: { namespace } }: KubeObject): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}
