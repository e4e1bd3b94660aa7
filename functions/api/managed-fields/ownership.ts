import { isEqual } from '#api/equal';
import type { KubeObject } from '#api/object';
import { compare, type Comparison } from './compare.ts';
import { ApplyConflict, conflictsOf } from './conflicts.ts';
import { difference, fieldSet, intersection, isEmpty, NO_FIELDS, union, type FieldSet } from './field-set.ts';
import { afterWriting, managerId, ownsAny, withFields, type Manager, type Managers } from './managers.ts';
import { merge } from './merge.ts';
import { ownedFields } from './owned-fields.ts';
import { fieldElement } from './path-element.ts';
import { pruned } from './prune.ts';
import type { TrackedKind } from './tracked-kind.ts';

/** Who writes, and what became of the object; objects and result are of the kind's requested version. */
export interface Change {
  kind: TrackedKind;
  managers: Managers;
  writer: Pick<Manager, 'name' | 'subresource'>;
  live: KubeObject;
}

/** Of an update: the writer owns what it has changed, beside what it owned; nobody else does. Throws MergeError. */
export function afterUpdate({ kind, managers, writer, live }: Change, object: KubeObject, time: string): Managers {
  const own = { ...writer, operation: 'Update' as const, apiVersion: kind.apiVersion };
  const id = managerId(own);
  const { managers: settled, comparison } = afterTaking(kind, managers, { live, object, writerId: id });
  const taken = difference(union(comparison.modified, comparison.added), NEVER_TRACKED);
  const before = managers.get(id) ?? { ...own, fields: NO_FIELDS };
  const manager = afterWriting(before, { taken, gone: comparison.removed, time });
  const result = new Map(settled);
  if (!manager.stored && isEmpty(manager.fields)) result.delete(id);
  else result.set(id, manager);
  return result;
}

export interface Applied {
  /** With nulls where a configuration or its removal has left them; undefined where nothing differs from the live object. */
  object: KubeObject | undefined;
  managers: Managers;
}

/**
 * Of an apply: the object with the configuration laid over it, without what the writer applied before and now leaves out; the writer owns
 * exactly what it applies. Throws MergeError, and ApplyConflict where others own what would change.
 */
export function afterApply({ kind, managers, writer, live }: Change, config: KubeObject, { force }: { force: boolean }): Applied {
  const type = typeOfRequest(kind);
  const own = { ...writer, operation: 'Apply' as const, apiVersion: kind.apiVersion };
  const id = managerId(own);
  const last = managers.get(id);
  const withOwn = new Map(managers).set(id, { ...own, fields: kind.withoutResetFields(ownedFields(type, config)), time: last?.time });
  const merged = merge(type, live, config) as KubeObject;
  const object = pruned(kind, merged, { managers: withOwn, last });
  const { managers: settled } = afterTaking(kind, withOwn, { live, object, writerId: id, force });
  const result = withTrackedFields(settled, id);
  return { object: isEqual(live, object) ? undefined : object, managers: result };
}

interface Taking {
  live: KubeObject;
  object: KubeObject;
  /** Whose own fields are not taken from it here. */
  writerId: string;
  /** Of an apply: without it, others' fields are not taken either. */
  force?: boolean;
}

// All others lose what was changed under them, and everybody what is gone.
function afterTaking(kind: TrackedKind, managers: Managers, { live, object, writerId, force = true }: Taking): { managers: Managers; comparison: Comparison } {
  const comparison = counted(kind, compare(typeOfRequest(kind), live, object));
  const byVersion = new Map<string, Comparison | undefined>([[kind.apiVersion, comparison]]);
  const settled = new Map<string, Manager>();
  const conflicts: { manager: Manager; fields: FieldSet }[] = [];
  for (const [id, manager] of managers) {
    if (id === writerId) {
      settled.set(id, manager);
      continue;
    }
    const changes = comparisonIn(kind, byVersion, { version: manager.apiVersion, live, object });
    if (!changes) continue;
    const taken = union(changes.modified, changes.added);
    if (!ownsAny(manager, union(taken, changes.removed))) {
      settled.set(id, manager);
      continue;
    }
    const lost = intersection(manager.fields, taken);
    if (!isEmpty(lost)) conflicts.push({ manager, fields: lost });
    const fields = difference(difference(manager.fields, lost), changes.removed);
    if (!isEmpty(fields)) settled.set(id, withFields(manager, fields));
  }
  if (!force && conflicts.length > 0) throw new ApplyConflict(conflictsOf(conflicts));
  return { managers: settled, comparison };
}

interface InVersion {
  version: string;
  live: KubeObject;
  object: KubeObject;
}

function comparisonIn(kind: TrackedKind, known: Map<string, Comparison | undefined>, { version, live, object }: InVersion): Comparison | undefined {
  if (known.has(version)) return known.get(version);
  const type = kind.typeIn(version);
  const inVersion = (value: KubeObject): KubeObject => kind.convert(value, kind.apiVersion, version);
  const comparison = type && counted(kind, compare(type, inVersion(live), inVersion(object)));
  known.set(version, comparison);
  return comparison;
}

function counted(kind: TrackedKind, { added, modified, removed }: Comparison): Comparison {
  const within = (fields: FieldSet): FieldSet => kind.withoutResetFields(fields);
  return { added: within(added), modified: within(modified), removed: within(removed) };
}

function typeOfRequest(kind: TrackedKind) {
  const type = kind.typeIn(kind.apiVersion);
  if (!type) throw new Error(`no type of ${kind.apiVersion}`);
  return type;
}

function withTrackedFields(managers: Managers, id: string): Managers {
  const manager = managers.get(id);
  if (!manager) return managers;
  const fields = difference(manager.fields, NEVER_TRACKED);
  const rest = new Map(managers);
  if (isEmpty(fields)) rest.delete(id);
  else rest.set(id, withFields(manager, fields));
  return rest;
}

// What says which object it is, and what only the server sets.
const NEVER_TRACKED = fieldSet(
  ...[
    ['apiVersion'],
    ['kind'],
    ['metadata'],
    ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map((name) => ['metadata', name]),
  ].map((path) => path.map(fieldElement)),
);
