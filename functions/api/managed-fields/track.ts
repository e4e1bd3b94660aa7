import { isEqual } from '#api/equal';
import type { KubeObject, ManagedFieldsEntry } from '#api/object';
import { capped } from './cap.ts';
import { ApplyConflict } from './conflicts.ts';
import { has } from './field-set.ts';
import { MergeError } from './item-element.ts';
import { fieldsLastApplied, KUBECTL, renewLastApplied } from './last-applied.ts';
import { readManagers, storedManagers, writeManagers, type Manager, type Managers } from './managers.ts';
import { afterApply, afterUpdate, type Applied } from './ownership.ts';
import type { TrackedKind } from './tracked-kind.ts';

/** Who writes, as far as ownership goes. */
export interface FieldWriter {
  name: string;
  subresource: string;
  /** RFC 3339, whole seconds. */
  now: string;
}

/**
 * An object that is about to be written, with its managedFields. Objects are of the requested version; `live` is what it replaces, undefined
 * for a new one. What cannot be told apart is no reason to refuse a write: then nobody owns anything.
 */
export function trackUpdate<T extends KubeObject>(kind: TrackedKind, object: T, { live, writer }: { live: KubeObject | undefined; writer: FieldWriter }): T {
  const base = baseOf(object, live, writer);
  const plain = withoutManagers(object);
  // An object that nobody has tracked so far begins to be by an apply, not by an update.
  if (live && base.size === 0) return plain;
  const change = { kind, managers: base, writer: writerOf(writer), live: withoutManagers(live ?? kind.emptyObject()) };
  return withManagers(plain, orNobody(() => capped(afterUpdate(change, plain, writer.now))));
}

export interface Applying {
  /** undefined: the apply makes the object. */
  live: KubeObject | undefined;
  writer: FieldWriter;
  force: boolean;
}

/** The object that a configuration comes to, with its managedFields; it may hold nulls. Throws MergeError and ApplyConflict. */
export function applyConfiguration(kind: TrackedKind, config: KubeObject, { live, writer, force }: Applying): KubeObject {
  const from = withoutManagers(live ?? kind.emptyObject());
  const change = { kind, managers: managersBefore(kind, live, writer), writer: writerOf(writer), live: from };
  const { object, managers } = writer.name === KUBECTL ? takingOver(kind, change, { config, force }) : afterApply(change, config, { force });
  const result = { ...(object ?? from), metadata: { ...(object ?? from).metadata } };
  if (writer.name === KUBECTL) renewLastApplied(result, config);
  return withManagers(result, object ? timed(managers, writer) : managers);
}

/** Times that are all that differs from the object before go back to what they were. */
export function withSettledTimes(object: KubeObject, old: KubeObject): KubeObject {
  const [now, before] = [object.metadata.managedFields ?? [], old.metadata.managedFields ?? []];
  if (now.length !== before.length || now.every(({ time }, i) => time === before[i]?.time)) return object;
  if (!isEqual(now.map(withoutTime), before.map(withoutTime)) || !isEqual(withoutManagers(object), withoutManagers(old))) return object;
  return { ...object, metadata: { ...object.metadata, managedFields: before } };
}

// A client may set the managers itself, or do away with them; who says nothing of them leaves them as they are.
function baseOf(object: KubeObject, live: KubeObject | undefined, { subresource }: FieldWriter): Managers {
  const [asked, before] = [object.metadata.managedFields, live?.metadata.managedFields];
  if (subresource === '' && asked) {
    if (isReset(asked)) return NOBODY;
    const managers = isEqual(asked, before) ? NOBODY : orNobody(() => readManagers(asked));
    if (managers.size > 0) return managers;
  }
  return orNobody(() => storedManagers(before));
}

const NOBODY: Managers = new Map<string, Manager>();

function isReset(entries: readonly ManagedFieldsEntry[]): boolean {
  return entries.length === 0 || (entries.length === 1 && Object.values(entries[0] ?? {}).every((value) => value === undefined || value === ''));
}

function orNobody(managers: () => Managers): Managers {
  try {
    return managers();
  } catch {
    return NOBODY;
  }
}

function withManagers<T extends KubeObject>(object: T, managers: Managers): T {
  return managers.size === 0 ? object : { ...object, metadata: { ...object.metadata, managedFields: writeManagers(managers) } };
}

function writerOf({ name, subresource }: FieldWriter): Pick<Manager, 'name' | 'subresource'> {
  return { name: name === '' ? 'unknown' : name, subresource };
}

// What was there before the first apply gets an owner of its own: the apply is to conflict with it.
function managersBefore(kind: TrackedKind, live: KubeObject | undefined, { subresource, now }: FieldWriter): Managers {
  const managers = orNobody(() => storedManagers(live?.metadata.managedFields));
  if (!live || managers.size > 0) return managers;
  const writer = { name: 'before-first-apply', subresource };
  return afterUpdate({ kind, managers, writer, live: kind.emptyObject() }, withoutManagers(live), now);
}

interface TakingOver {
  config: KubeObject;
  force: boolean;
}

// What kubectl itself applied from the client is no conflict with it.
function takingOver(kind: TrackedKind, change: Parameters<typeof afterApply>[0], { config, force }: TakingOver): Applied {
  try {
    return afterApply(change, config, { force });
  } catch (error) {
    if (!(error instanceof ApplyConflict)) throw error;
    const type = kind.typeIn(kind.apiVersion);
    const own = type && fieldsLastApplied(type, change.live, kind.apiVersion);
    const left = error.conflicts.filter(({ path }) => !own || !has(own, path));
    if (left.length > 0) throw new ApplyConflict(left);
    return afterApply(change, config, { force: true });
  }
}

function timed(managers: Managers, { name, subresource, now }: FieldWriter): Managers {
  return new Map([...managers].map(([id, manager]) => [id, manager.operation === 'Apply' && manager.name === name && manager.subresource === subresource ? { ...manager, time: now, stored: undefined } : manager]));
}

function withoutManagers<T extends KubeObject>(object: T): T {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function withoutTime({ time: _time, ...entry }: ManagedFieldsEntry): ManagedFieldsEntry {
  return entry;
}

export { ApplyConflict, MergeError };
