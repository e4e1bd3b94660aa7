import { isEqual } from '../equal.ts';
import { forbidden, invalid, required, tooLong, type FieldError } from '../field-error.ts';
import type { ObjectMeta, OwnerReference } from '../object.ts';
import { asPrefix, dns1123Label, labelValue, qualifiedName, utf8Length, type NameCheck } from './names.ts';

export const MAX_ANNOTATION_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

export interface MetadataRule {
  namespaced: boolean;
  name: NameCheck;
  plainFinalizers?: boolean | undefined;
}

export function validateObjectMeta(meta: ObjectMeta, rule: MetadataRule): FieldError[] {
  const errors: FieldError[] = [];
  if (meta.generateName) errors.push(...asPrefix(rule.name, meta.generateName).map((text) => invalid('metadata.generateName', meta.generateName, text)));
  if (!meta.name) errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...rule.name(meta.name).map((text) => invalid('metadata.name', meta.name, text)));
  errors.push(...namespaceErrors(meta.namespace, rule.namespaced), ...sharedErrors(meta, rule.plainFinalizers));
  return errors;
}

export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, plainFinalizers = false): FieldError[] {
  const errors: FieldError[] = [];
  if (meta.deletionTimestamp) errors.push(...newFinalizerErrors(meta.finalizers ?? [], old.finalizers ?? []));
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if (!isEqual(meta[field] ?? undefined, old[field] ?? undefined)) errors.push(invalid(`metadata.${field}`, meta[field], 'field is immutable'));
  }
  return [...errors, ...sharedErrors(meta, plainFinalizers)];
}

export function validateLabels(labels: Record<string, string> | undefined, path: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedName(key).map((text) => invalid(path, key, text)),
    ...labelValue(value).map((text) => invalid(path, value, text)),
  ]);
}

export function validateAnnotations(annotations: Record<string, string> | undefined, path: string): FieldError[] {
  const entries = Object.entries(annotations ?? {});
  const errors = entries.flatMap(([key]) => qualifiedName(key.toLowerCase()).map((text) => invalid(path, key, text)));
  const bytes = entries.reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(value), 0);
  return bytes > MAX_ANNOTATION_BYTES ? [...errors, tooLong(path, MAX_ANNOTATION_BYTES)] : errors;
}

/** A finalizer is one that Kubernetes knows, or carries its owner's domain. */
export function finalizerProblems(name: string): string[] {
  return name.includes('/') || STANDARD_FINALIZERS.has(name) ? [] : ['name is neither a standard finalizer name nor is it fully qualified'];
}

function sharedErrors(meta: ObjectMeta, plainFinalizers = false): FieldError[] {
  const errors: FieldError[] = [];
  if ((meta.generation ?? 0) < 0) errors.push(invalid('metadata.generation', meta.generation, 'must be greater than or equal to 0'));
  errors.push(
    ...validateLabels(meta.labels, 'metadata.labels'),
    ...validateAnnotations(meta.annotations, 'metadata.annotations'),
    ...ownerErrors(meta.ownerReferences ?? [], 'metadata.ownerReferences'),
    ...finalizerErrors(meta.finalizers ?? [], 'metadata.finalizers', plainFinalizers),
  );
  return errors;
}

function namespaceErrors(namespace: string | undefined, namespaced: boolean): FieldError[] {
  if (!namespaced) return namespace ? [forbidden('metadata.namespace', 'not allowed on this type')] : [];
  if (!namespace) return [required('metadata.namespace')];
  return dns1123Label(namespace).map((text) => invalid('metadata.namespace', namespace, text));
}

function ownerErrors(owners: OwnerReference[], path: string): FieldError[] {
  const errors = owners.flatMap((owner) => ownerReferenceErrors(owner, path));
  const controllers = owners.filter((owner) => owner.controller).map((owner) => `${owner.kind}/${owner.name}`);
  const [first, second] = controllers;
  if (second === undefined) return errors;
  return [...errors, invalid(path, owners, `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`)];
}

function ownerReferenceErrors(owner: OwnerReference, path: string): FieldError[] {
  const parts = (owner.apiVersion ?? '').split('/');
  const [group, version] = parts.length === 2 ? parts : ['', parts.length === 1 ? parts[0] : ''];
  const errors: FieldError[] = [];
  if (!version) errors.push(invalid(`${path}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
  for (const field of ['kind', 'name', 'uid'] as const) {
    if (!owner[field]) errors.push(invalid(`${path}.${field}`, '', 'must not be empty'));
  }
  // Events are too many and too short-lived to own anything.
  if (group === '' && version === 'v1' && owner.kind === 'Event') errors.push(invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner'));
  return errors;
}

function finalizerErrors(finalizers: string[], path: string, plain: boolean): FieldError[] {
  const errors = finalizers.flatMap((finalizer) => qualifiedName(finalizer).map((text) => invalid(path, finalizer, text)));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return plain ? errors : [...errors, ...finalizers.flatMap((finalizer, i) => finalizerProblems(finalizer).map((text) => invalid(`${path}[${i}]`, finalizer, text)))];
}

function newFinalizerErrors(finalizers: string[], old: string[]): FieldError[] {
  const added = finalizers.filter((finalizer) => !old.includes(finalizer)).sort();
  if (added.length === 0) return [];
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  return [forbidden('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`)];
}
