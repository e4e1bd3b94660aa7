import type { KubeObject } from '#api/object';
import { difference, intersection, isEmpty, NO_FIELDS, union, type FieldSet } from './field-set.ts';
import type { Manager, Managers } from './managers.ts';
import type { MergeType } from './merge-type.ts';
import { ownedFields } from './owned-fields.ts';
import { removeFields, withNamedFields } from './remove-fields.ts';
import type { TrackedKind } from './tracked-kind.ts';

export interface Pruning {
  /** With what the applier owns now. */
  managers: Managers;
  /** What it owned before. */
  last: Manager | undefined;
}

/** The merged object without what the applier owned before, no longer applies, and nobody else owns. */
export function pruned(kind: TrackedKind, merged: KubeObject, { managers, last }: Pruning): KubeObject {
  const type = last && kind.typeIn(last.apiVersion);
  if (!last || !type || isEmpty(last.fields)) return merged;
  const whole = { version: last.apiVersion, type, merged: kind.convert(merged, kind.apiVersion, last.apiVersion) };
  const removed = removeFields(type, whole.merged, withNamedFields(type, last.fields)) as KubeObject;
  const kept = withOwned(kind, whole, removed, managers);
  const result = withDangling(whole, kept, last.fields);
  return kind.convert(result, last.apiVersion, kind.apiVersion);
}

interface Whole {
  version: string;
  type: MergeType;
  merged: KubeObject;
}

/** What went although somebody owns it comes back. */
function withOwned(kind: TrackedKind, { version, type, merged }: Whole, removed: KubeObject, managers: Managers): KubeObject {
  const owned = new Map<string, FieldSet>();
  for (const { apiVersion, fields } of managers.values()) owned.set(apiVersion, union(owned.get(apiVersion) ?? NO_FIELDS, fields));
  const back = (inVersion: Whole, left: KubeObject): KubeObject => {
    const fields = owned.get(inVersion.version);
    return fields ? withoutUnowned(inVersion, left, fields) : left;
  };
  let kept = back({ version, type, merged }, removed);
  for (const other of owned.keys()) {
    const otherType = kind.typeIn(other);
    if (other === version || !otherType) continue;
    const inVersion = { version: other, type: otherType, merged: kind.convert(merged, version, other) };
    kept = kind.convert(back(inVersion, kind.convert(kept, version, other)), other, version);
  }
  return kept;
}

function withoutUnowned({ type, merged }: Whole, left: KubeObject, owned: FieldSet): KubeObject {
  const named = (fields: FieldSet): FieldSet => withNamedFields(type, fields);
  const gone = difference(named(ownedFields(type, merged)), union(named(ownedFields(type, left)), named(owned)));
  return removeFields(type, merged, gone) as KubeObject;
}

/** And what went only because of where it stood: nobody had applied it. */
function withDangling({ type, merged }: Whole, left: KubeObject, last: FieldSet): KubeObject {
  const named = (fields: FieldSet): FieldSet => withNamedFields(type, fields);
  const gone = difference(named(ownedFields(type, merged)), named(ownedFields(type, left)));
  return removeFields(type, merged, intersection(gone, named(last))) as KubeObject;
}
