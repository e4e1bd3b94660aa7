import type { ManagedFieldsEntry } from '#api/object';
import { parseTime } from '#api/time';
import { difference, intersection, isEmpty, union, type FieldSet } from './field-set.ts';
import { fieldsV1HaveAll, fieldsV1HaveAny, fromFieldsV1, toFieldsV1 } from './fields-v1.ts';

/** What one writer owns. Who applies is one writer whatever version it applies; who updates is one for each version. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  /** The version that its fields are named in. */
  readonly apiVersion: string;
  readonly subresource: string;
  readonly fields: FieldSet;
  readonly time?: string | undefined;
  /** As it is stored, where nothing about it has changed: most writes leave most managers alone, and need not take their fields apart. */
  readonly stored?: ManagedFieldsEntry | undefined;
}

/** By `managerId`. */
export type Managers = ReadonlyMap<string, Manager>;

type Identity = Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>;

/** A text that managers are told apart by, and sorted where Kubernetes sorts them. */
export function managerId({ name, operation, apiVersion, subresource }: Identity): string {
  return JSON.stringify({
    ...(name !== '' && { manager: name }),
    operation,
    ...(operation === 'Update' && { apiVersion }),
    ...(subresource !== '' && { subresource }),
  });
}

export function withFields(manager: Manager, fields: FieldSet): Manager {
  return { ...manager, fields, stored: undefined };
}

/** Throws where an entry is not what a server writes. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
  return byId((entries ?? []).map((entry) => ({ ...identityOf(entry), fields: fromFieldsV1(entry.fieldsV1) })));
}

/** Of entries that we have written ourselves: their fields are read when they are asked for. */
export function storedManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
  return byId(
    (entries ?? []).map((stored) => {
      let fields: FieldSet | undefined;
      return {
        ...identityOf(stored),
        stored,
        get fields() {
          return (fields ??= fromFieldsV1(stored.fieldsV1));
        },
      };
    }),
  );
}

/** Whether it owns any of these. */
export function ownsAny(manager: Manager, fields: FieldSet): boolean {
  return manager.stored ? fieldsV1HaveAny(manager.stored.fieldsV1, fields) : !isEmpty(intersection(manager.fields, fields));
}

/** With what it has written now, and without what is gone; the same one where that changes nothing. */
export function afterWriting(manager: Manager, { taken, gone, time }: { taken: FieldSet; gone: FieldSet; time: string }): Manager {
  const { stored } = manager;
  if (stored && !ownsAny(manager, gone) && fieldsV1HaveAll(stored.fieldsV1, taken)) return isEmpty(taken) ? manager : { ...identityOf(stored), time, stored: { ...stored, time }, get fields() { return manager.fields; } };
  const fields = union(difference(manager.fields, gone), taken);
  return { ...withFields(manager, fields), ...(!isEmpty(taken) && { time }) };
}

function byId(managers: readonly Manager[]): Managers {
  return new Map(managers.map((manager) => [managerId(manager), manager]));
}

function identityOf({ manager = '', operation, apiVersion = '', time, fieldsType, subresource = '' }: ManagedFieldsEntry): Omit<Manager, 'fields'> {
  if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
  if (apiVersion === '') throw new Error('apiVersion must not be empty');
  if (fieldsType !== 'FieldsV1') throw new Error('fieldsType must be FieldsV1');
  return { name: manager, operation, apiVersion, subresource, time: time ?? undefined };
}

/** In Kubernetes' order: appliers first, then by time. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] {
  return [...managers.values()].sort(byOperationAndTime).map((manager) => manager.stored ?? entryOf(manager));
}

function entryOf({ name, operation, apiVersion, time, fields, subresource }: Manager): ManagedFieldsEntry {
  return {
    ...(name !== '' && { manager: name }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(fields),
    ...(subresource !== '' && { subresource }),
  };
}

function byOperationAndTime(a: Manager, b: Manager): number {
  return (
    compareTexts(a.operation, b.operation) ||
    timeOf(a) - timeOf(b) ||
    compareTexts(a.name, b.name) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  );
}

export function timeOf({ time }: Pick<Manager, 'time'>): number {
  return time === undefined ? 0 : (parseTime(time) ?? 0);
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
