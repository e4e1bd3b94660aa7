import type { KubeObject } from '#api/object';
import { copyJson } from '#api/patch/json-tree';
import type { ApiResource } from '#api/resource';
import { rulesFor } from '#api/rules';
import { formatTime, parseTime } from '#api/time';
import type { DeleteOptions } from './object-store.ts';

/**
 * Deletion has two phases: an object that somebody holds (by finalizers, by a grace period) is marked, and goes when the last hold does.
 * `remove`: it goes now, and this is its last state; `mark`: the object as it is to be written; `keep`: it is being deleted already, and nothing changes.
 */
export type DeletionPlan = { step: 'remove'; object: KubeObject } | { step: 'keep' } | { step: 'mark'; object: KubeObject };

type DeletionWish = Pick<DeleteOptions, 'gracePeriodSeconds' | 'propagationPolicy'>;

export function planDeletion(resource: ApiResource, object: KubeObject, wish: DeletionWish, nowMs: number): DeletionPlan {
  const next = copyJson(object);
  setPropagation(next, wish);
  const grace = graceOf(resource, object, wish);
  if (grace === 'pending') return { step: 'keep' };
  const held = isHeld(resource, next);
  const removes = grace === 0 && !held;
  // A kind that knows a grace period shows in its last state that there was none; others go as they were.
  if (removes && rulesFor(resource).gracePeriodSeconds === undefined) return { step: 'remove', object };
  mark(resource, next, { grace, nowMs });
  if (removes) return { step: 'remove', object: next };
  return changed(object, next) ? { step: 'mark', object: next } : { step: 'keep' };
}

/** An update may have taken away the last hold: then the object goes instead of being written. */
export function goesWithUpdate(resource: ApiResource, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && !isHeld(resource, object);
}

function isHeld(resource: ApiResource, object: KubeObject): boolean {
  return (object.metadata.finalizers ?? []).length > 0 || namespaceFinalizers(resource, object).length > 0;
}

// A namespace is held by a list of its own, older than finalizers.
function namespaceFinalizers(resource: ApiResource, object: KubeObject): string[] {
  if (!isNamespace(resource)) return [];
  return (object.spec as { finalizers?: string[] } | undefined)?.finalizers ?? [];
}

function isNamespace({ kind, storage }: ApiResource): boolean {
  return kind === 'Namespace' && storage.group === '';
}

// What is to become of the dependants is left to the garbage collector, as a finalizer.
function setPropagation({ metadata }: KubeObject, { propagationPolicy: policy }: DeletionWish): void {
  const finalizers = metadata.finalizers ?? [];
  const isWanted = { orphan: policy === 'Orphan', foregroundDeletion: policy === 'Foreground' };
  const others = finalizers.filter((name) => policy === undefined || !(name in isWanted));
  const wanted = Object.entries(isWanted).flatMap(([name, isSet]) => (isSet ? [name] : []));
  const next = [...others, ...wanted];
  if (next.length > 0) metadata.finalizers = next;
  else delete metadata.finalizers;
}

// A second deletion may only shorten the grace; 'pending' where it does not.
function graceOf(resource: ApiResource, object: KubeObject, { gracePeriodSeconds }: DeletionWish): number | 'pending' {
  const { deletionTimestamp, deletionGracePeriodSeconds: given = 0 } = object.metadata;
  if (deletionTimestamp === undefined) return rulesFor(resource).gracePeriodSeconds?.(object, gracePeriodSeconds) ?? 0;
  if (given === 0) return 0;
  return gracePeriodSeconds === undefined || gracePeriodSeconds >= given ? 'pending' : Math.max(gracePeriodSeconds, 0);
}

function mark(resource: ApiResource, object: KubeObject, { grace, nowMs }: { grace: number; nowMs: number }): void {
  const { metadata } = object;
  const { deletionTimestamp, deletionGracePeriodSeconds: before = 0 } = metadata;
  if (deletionTimestamp === undefined) {
    metadata.deletionTimestamp = formatTime(nowMs + grace * 1000);
    if (metadata.generation) metadata.generation++;
  } else if (grace < before) {
    metadata.deletionTimestamp = formatTime((parseTime(deletionTimestamp) ?? nowMs) + (grace - before) * 1000);
  }
  if (isNamespace(resource)) object.status = { ...(object.status as object | undefined), phase: 'Terminating' };
  else metadata.deletionGracePeriodSeconds = grace;
}

function changed({ metadata: before }: KubeObject, { metadata: after }: KubeObject): boolean {
  return (
    before.deletionTimestamp !== after.deletionTimestamp ||
    before.deletionGracePeriodSeconds !== after.deletionGracePeriodSeconds ||
    (before.finalizers ?? []).join() !== (after.finalizers ?? []).join()
  );
}
