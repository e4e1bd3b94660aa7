import type { ManagedFieldsEntry } from '#api/object';
import { difference, fieldSet, has, isEmpty } from './field-set.ts';
import { managerId, readManagers, storedManagers, withFields, writeManagers, type Manager } from './managers.ts';
import { fieldElement } from './path-element.ts';

/**
 * A Scale is a window on the replicas of another object: who owns them there owns them here, and who takes them here takes them there.
 * Every kind that has a scale keeps them in `spec.replicas`.
 */
const REPLICAS = [fieldElement('spec'), fieldElement('replicas')];
const SCALE_VERSION = 'autoscaling/v1';

/** The owners of an object's replicas, as owners of its Scale. */
export function scaleEntries(entries: readonly ManagedFieldsEntry[] | undefined): ManagedFieldsEntry[] {
  const owners = [...storedManagers(entries).values()].filter(({ fields }) => has(fields, REPLICAS));
  return writeManagers(new Map(owners.map((manager) => [managerId(manager), { ...withFields(manager, fieldSet(REPLICAS)), apiVersion: SCALE_VERSION }])));
}

/** The entries of an object after a write to its Scale has left those of the Scale. */
export function entriesAfterScale(entries: readonly ManagedFieldsEntry[] | undefined, scale: readonly ManagedFieldsEntry[] | undefined, apiVersion: string): ManagedFieldsEntry[] {
  const kept = new Map<string, Manager>();
  const owners = new Map([...readManagers(scale).values()].map((manager) => [keyOf(manager), manager]));
  for (const manager of storedManagers(entries).values()) {
    const isOwner = has(manager.fields, REPLICAS);
    const stays = isOwner && owners.delete(keyOf(manager));
    const left = isOwner && !stays ? withFields(manager, difference(manager.fields, fieldSet(REPLICAS))) : manager;
    if (!isEmpty(left.fields)) kept.set(managerId(manager), left);
  }
  for (const owner of owners.values()) {
    const { time: _time, ...manager } = { ...owner, apiVersion, fields: fieldSet(REPLICAS) }; // Kubernetes gives it none either
    kept.set(managerId(manager), manager);
  }
  return writeManagers(kept);
}

// The Scale has a version of its own, so that versions do not tell its owners apart.
function keyOf({ name, operation, subresource }: Manager): string {
  return JSON.stringify([name, operation, subresource]);
}
