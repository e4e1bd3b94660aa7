import { completeStruct } from './codec/go-form.ts';
import { isEqual } from './equal.ts';
import { dropGatedFields } from './gated-fields.ts';
import type { FieldError } from './field-error.ts';
import type { RuleContext, WrittenSubresource } from './kind-rules.ts';
import type { KubeObject, ObjectMeta } from './object.ts';
import { copyJson } from './patch/json-tree.ts';
import type { ApiResource } from './resource.ts';
import { rulesFor } from './rules.ts';
import { typeOf } from './schema/schema.ts';
import { hasStatus, METADATA_STAYS } from './status-write.ts';
import { dns1123Subdomain } from './validation/names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './validation/object-meta.ts';

export interface Verdict {
  /** Empty: the object may be written. */
  fields: FieldError[];
  warnings: string[];
}

export interface UpdateInput {
  /** The writer's version; changed in place to what is to be stored. */
  object: KubeObject;
  old: KubeObject;
  subresource?: WrittenSubresource | undefined;
}

/**
 * Makes a decoded and defaulted object what is to be stored, in place, and judges it. The store has given it its name (from generateName),
 * uid, creationTimestamp and namespace before.
 */
export function beforeCreate(resource: ApiResource, object: KubeObject, context: RuleContext): Verdict {
  const rules = rulesFor(resource);
  const meta = object.metadata;
  const repeated = dropRepeatedOwners(meta);
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  dropGated(resource, object);
  if (rules.isNewGeneration) meta.generation = 1;
  if (hasStatus(resource) && !rules.keepsStatusOnCreate) resetStatus(resource, object);
  rules.prepareForCreate?.(object, context);
  return { fields: judge(resource, object), warnings: [...repeated, ...(rules.warnings?.(object) ?? [])] };
}

/** What is wrong with a new object, in the form of the version that the resource names. */
export function judge(resource: ApiResource, object: KubeObject): FieldError[] {
  const rules = rulesFor(resource);
  return [
    ...validateObjectMeta(object.metadata, { namespaced: resource.namespaced, name: rules.name ?? dns1123Subdomain, plainFinalizers: rules.plainFinalizers }),
    ...(rules.validate?.(object) ?? []),
    ...(rules.validateCreate?.(object) ?? []),
  ];
}

/** The same for a new version of a stored object. Metadata that only the server sets is carried over from `old`. */
export function beforeUpdate(resource: ApiResource, input: UpdateInput, context: RuleContext): Verdict {
  const rules = rulesFor(resource);
  const { object, old } = input;
  const repeated = dropRepeatedOwners(object.metadata);
  carryOver(object.metadata, old.metadata);
  dropGated(resource, object);
  if (input.subresource === 'status') return statusUpdate(resource, object, { old, context });
  // A binding writes the node and the condition that says so; it is no new wish.
  if (input.subresource === 'binding') return { fields: validateObjectMetaUpdate(object.metadata, old.metadata), warnings: [] };
  // An approval is written into the status, by another way than the rest of it.
  if (hasStatus(resource) && input.subresource !== 'approval') keep(object, old, 'status');
  rules.prepareForUpdate?.(object, old, context, input.subresource);
  if (rules.isNewGeneration?.(object, old)) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  const fields = [
    ...validateObjectMetaUpdate(object.metadata, old.metadata, rules.plainFinalizers),
    ...(rules.validate?.(object) ?? []),
    ...(rules.validateUpdate?.(object, old, input.subresource) ?? []),
  ];
  return { fields: distinct(fields), warnings: [...repeated, ...(rules.warnings?.(object, old) ?? [])] };
}

function statusUpdate(resource: ApiResource, object: KubeObject, { old, context }: { old: KubeObject; context: RuleContext }): Verdict {
  const rules = rulesFor(resource);
  if (rules.status?.prepareForUpdate) rules.status.prepareForUpdate(object, old, context);
  else onlyStatusChanges(object, old);
  if (METADATA_STAYS.has(`${resource.group}/${resource.kind}`)) keepWithMetadata(object, old);
  const fields = [...validateObjectMetaUpdate(object.metadata, old.metadata, rules.plainFinalizers), ...(rules.status?.validateUpdate?.(object, old) ?? [])];
  return { fields: distinct(fields), warnings: [] };
}

function onlyStatusChanges(object: KubeObject, old: KubeObject): void {
  for (const field of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (!['apiVersion', 'kind', 'metadata', 'status'].includes(field)) keep(object, old, field);
  }
  keep(object.metadata, old.metadata, 'labels');
}

function dropGated({ group, version, kind }: ApiResource, object: KubeObject): void {
  const struct = typeOf(group, version, kind);
  if (struct) dropGatedFields(struct, object);
}

function keepWithMetadata(object: KubeObject, old: KubeObject): void {
  const { resourceVersion, managedFields } = object.metadata;
  object.metadata = { ...copyJson(old.metadata), ...(resourceVersion !== undefined && { resourceVersion }), ...(managedFields && { managedFields }) };
}

// To what Go writes of a status in which nothing is set.
function resetStatus({ group, version, kind }: ApiResource, object: KubeObject): void {
  const struct = typeOf(group, version, kind);
  delete object.status;
  if (struct) completeStruct(struct, object);
}

// Clients have always been let through with the same owner twice; they are told.
function dropRepeatedOwners(meta: ObjectMeta): string[] {
  const owners = meta.ownerReferences ?? [];
  const kept = owners.filter((owner, i) => !owners.slice(0, i).some((before) => isEqual(before, owner)));
  if (kept.length === owners.length) return [];
  const uids = [...new Set(owners.filter((owner) => !kept.includes(owner)).map(({ uid }) => uid))].join(', ');
  meta.ownerReferences = kept;
  const advice = 'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests';
  return [`.metadata.ownerReferences contains duplicate entries; ${advice}; duplicate UID(s) observed: ${uids}`];
}

function carryOver(meta: ObjectMeta, old: ObjectMeta): void {
  if (!meta.uid) keep(meta, old, 'uid');
  keep(meta, old, 'generation');
  keep(meta, old, 'creationTimestamp');
  if (old.deletionTimestamp) keep(meta, old, 'deletionTimestamp');
  if (old.deletionGracePeriodSeconds !== undefined) keep(meta, old, 'deletionGracePeriodSeconds');
}

function keep(object: object, old: object, field: string): void {
  const value = (old as Record<string, unknown>)[field];
  if (value === undefined) delete (object as Record<string, unknown>)[field];
  else (object as Record<string, unknown>)[field] = copyJson(value);
}

// The metadata rules of creation and update overlap, and so do a kind's own.
function distinct(fields: FieldError[]): FieldError[] {
  const seen = new Set<string>();
  return fields.filter(({ field, message }) => !seen.has(`${field}\n${message}`) && seen.add(`${field}\n${message}`));
}
