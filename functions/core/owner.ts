import type { KubeObject, OwnerReference } from '#api/object';

/** The one owner that manages the object. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

export function controllerReference(owner: KubeObject, kind: { apiVersion: string; kind: string }): OwnerReference {
  return { ...kind, name: owner.metadata.name ?? '', uid: owner.metadata.uid ?? '', controller: true, blockOwnerDeletion: true };
}

/** An owner that the object goes with, though it does not manage it. */
export function ownerReference(owner: KubeObject, kind: { apiVersion: string; kind: string }): OwnerReference {
  return { ...kind, name: owner.metadata.name ?? '', uid: owner.metadata.uid ?? '' };
}

export interface Claimed<T> {
  owned: T[];
  /** Match the selector and belong to nobody. */
  adopt: T[];
  /** Owned, but match no more. */
  release: T[];
}

/** Sorts what a selector-based controller sees into its own, what it should adopt and what it should let go. */
export function claimDependents<T extends KubeObject>(owner: KubeObject, candidates: T[], matches: (object: T) => boolean): Claimed<T> {
  const claimed: Claimed<T> = { owned: [], adopt: [], release: [] };
  for (const candidate of candidates) {
    const controller = controllerOf(candidate);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches(candidate)) claimed.owned.push(candidate);
      else claimed.release.push(candidate);
    } else if (matches(candidate) && candidate.metadata.deletionTimestamp === undefined && owner.metadata.deletionTimestamp === undefined) {
      claimed.adopt.push(candidate);
    }
  }
  return claimed;
}
