import type { ManagedFieldsEntry } from '#api/object';
import { parseTime } from '#api/time';
import type { FieldSet } from './field-set.ts';
import { fromFieldsV1, toFieldsV1 } from './fields-v1.ts';

/** What one writer owns. Who applies is one writer whatever version it applies; who updates is one for each version. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  /** The version that its fields are named in. */
  readonly apiVersion: string;
  readonly subresource: string;
  readonly fields: FieldSet;
  readonly time?: string | undefined;
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

export function withManager(managers: Managers, manager: Manager): Managers {
  return new Map(managers).set(managerId(manager), manager);
}

/** Throws where an entry is not what a server writes. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
  const managers = new Map<string, Manager>();
  for (const entry of entries ?? []) {
    const manager = readManager(entry);
    managers.set(managerId(manager), manager);
  }
  return managers;
}

function readManager({ manager = '', operation, apiVersion = '', time, fieldsType, fieldsV1, subresource = '' }: ManagedFieldsEntry): Manager {
  if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
  if (apiVersion === '') throw new Error('apiVersion must not be empty');
  if (fieldsType !== 'FieldsV1') throw new Error('fieldsType must be FieldsV1');
  return { name: manager, operation, apiVersion, subresource, fields: fromFieldsV1(fieldsV1), time: time ?? undefined };
}

/** In Kubernetes' order: appliers first, then by time. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] {
  return [...managers.values()].sort(byOperationAndTime).map(({ name, operation, apiVersion, time, fields, subresource }) => ({
    ...(name !== '' && { manager: name }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(fields),
    ...(subresource !== '' && { subresource }),
  }));
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
