import { structNamed } from '../schema/schema.ts';
import type { Field, StructType, TypeRef } from '../schema/struct-type.ts';

/**
 * The form that an object has after Go has read it into its types and written it again: what a kube-apiserver stores and answers,
 * whatever the client left out or spelled out. One difference: where Go writes an empty list or map as `null`, here it is empty.
 * Values are taken to be of their fields' types already.
 */
export function toGoForm(struct: StructType, object: Record<string, unknown>): void {
  for (const [name, { type }] of struct.fields) {
    if (!Object.hasOwn(object, name)) continue;
    const value = object[name];
    if (value === null) delete object[name];
    else if (type.kind === 'struct') toGoForm(structNamed(type.name), value as Record<string, unknown>);
    else if ((type.kind === 'list' || type.kind === 'map') && type.of.kind === 'struct') {
      const element = structNamed(type.of.name);
      for (const inner of Object.values(value as Record<string, Record<string, unknown>>)) toGoForm(element, inner);
    }
  }
  completeStruct(struct, object);
}

/** One level of it: zero values that Go drops go, those that it writes come. Nested values are in that form already. */
export function completeStruct(struct: StructType, object: Record<string, unknown>): void {
  for (const [name, field] of struct.fields) {
    if (field.pointer || !isZero(field, object[name])) continue;
    const zero = writtenZero(field);
    if (zero !== undefined) object[name] = zero;
    else if (Object.hasOwn(object, name)) delete object[name];
  }
}

function isZero({ type }: Field, value: unknown): boolean {
  if (value === undefined) return true;
  if (type.kind === 'list' || type.kind === 'map') return Object.keys(value as object).length === 0;
  return (value === '' || value === 0 || value === false) && SCALARS.has(type.kind);
}

const SCALARS: ReadonlySet<string> = new Set(['string', 'bytes', 'bool', 'int32', 'int64', 'float']);

// undefined: left out. omitempty does not apply to what is a struct in Go.
function writtenZero({ type, optional }: Field): unknown {
  return optional && (SCALARS.has(type.kind) || type.kind === 'list' || type.kind === 'map') ? undefined : zeroOf(type);
}

/** What Go has where nothing was given, such as an element that is null; undefined where it would write null. */
export function zeroOf(type: TypeRef): unknown {
  switch (type.kind) {
    case 'struct':
      return emptyStruct(type.name);
    case 'list':
      return [];
    case 'map':
      return {};
    case 'string':
    case 'bytes':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'float':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    case 'time':
    case 'microTime':
    case 'json':
    case 'rawExtension':
    case 'fieldsV1':
      return undefined;
  }
}

function emptyStruct(name: string): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  completeStruct(structNamed(name), object);
  return object;
}
