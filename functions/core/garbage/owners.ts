import type { KubeObject, OwnerReference } from '#api/object';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** What became of an owner that a dependant names. `unknown`: of a kind that nobody can look up, so nothing is concluded. */
export type OwnerState = 'present' | 'absent' | 'deletingDependents' | 'unknown';

export type GarbageVerdict =
  | { action: 'keep' }
  /** Other owners remain. */
  | { action: 'dropReferences'; uids: string[] }
  | { action: 'delete'; propagationPolicy: 'Background' | 'Foreground' | 'Orphan' };

/** What to do with an object, given the state of each of its owners. */
export function judgeDependent(object: KubeObject, stateOf: (reference: OwnerReference) => OwnerState, hasDependents: boolean): GarbageVerdict {
  const references = object.metadata.ownerReferences ?? [];
  if (references.length === 0 || object.metadata.deletionTimestamp !== undefined) return { action: 'keep' };
  const states = references.map((reference) => ({ uid: reference.uid, state: stateOf(reference) }));
  const gone = states.filter(({ state }) => state === 'absent' || state === 'deletingDependents');
  if (gone.length === 0) return { action: 'keep' };
  if (gone.length < states.length) return { action: 'dropReferences', uids: gone.map(({ uid }) => uid) };
  // The owner in the foreground waits for all that hangs below, so this one does as well.
  const isWaitedFor = states.some(({ state }) => state === 'deletingDependents');
  return { action: 'delete', propagationPolicy: isWaitedFor && hasDependents ? 'Foreground' : policyOf(object) };
}

/** Dependants that an owner in foreground deletion waits for. */
export function blocksDeletion(dependent: KubeObject, ownerUid: string): boolean {
  return (dependent.metadata.ownerReferences ?? []).some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true);
}

export function withoutOwners<T extends KubeObject>(object: T, uids: string[]): T {
  const { ownerReferences = [], ...metadata } = object.metadata;
  const left = ownerReferences.filter(({ uid }) => !uids.includes(uid));
  return { ...object, metadata: left.length === 0 ? metadata : { ...metadata, ownerReferences: left } };
}

/** Nobody's deletion waits for it any more. */
export function blockingNobody<T extends KubeObject>(object: T): T {
  const ownerReferences = object.metadata.ownerReferences?.map((reference) => (reference.blockOwnerDeletion ? { ...reference, blockOwnerDeletion: false } : reference));
  return ownerReferences === undefined ? object : { ...object, metadata: { ...object.metadata, ownerReferences } };
}

export function withoutFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  const { finalizers = [], ...metadata } = object.metadata;
  const left = finalizers.filter((other) => other !== finalizer);
  return { ...object, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } };
}

export function isInDeletion(object: KubeObject, finalizer: string): boolean {
  return object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).includes(finalizer);
}

function policyOf(object: KubeObject): 'Background' | 'Foreground' | 'Orphan' {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
}
