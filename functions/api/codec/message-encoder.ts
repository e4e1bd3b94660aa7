import type { Field, StructType, TypeRef } from '../schema/struct-type.ts';
import { structNamed } from '../schema/schema.ts';
import { decodeBase64 } from './base64.ts';
import { encodeJsonBytes } from './json.ts';
import { parseTimestamp } from './timestamp.ts';
import { ProtobufError } from './wire-reader.ts';
import type { WireWriter } from './wire-writer.ts';

type Members = Record<string, unknown>;

/**
 * The message's fields, from the highest number to the lowest (see WireWriter). As Kubernetes' generated code does it: what is no
 * pointer, list or map is written also when it is zero.
 */
export function writeMessage(writer: WireWriter, struct: StructType, object: Members): void {
  for (let i = struct.message.length - 1; i >= 0; i--) {
    const { number, field, embedded } = struct.message[i] as StructType['message'][number];
    if (embedded && field.type.kind === 'struct') {
      const { name } = field.type;
      writer.message(number, () => writeMessage(writer, structNamed(name), object));
    } else {
      writeField(writer, number, field, object[field.name]);
    }
  }
}

function writeField(writer: WireWriter, number: number, field: Field, value: unknown): void {
  const { type } = field;
  if (type.kind === 'map') writeMap(writer, number, type.of, value as Members | null | undefined);
  else if (type.kind === 'list' && !type.message) {
    const list = (value ?? []) as unknown[];
    for (let i = list.length - 1; i >= 0; i--) writeValue(writer, number, type.of, list[i]);
  } else if (value !== undefined && value !== null) writeValue(writer, number, type, value);
  else if (!field.pointer && type.kind !== 'bytes' && type.kind !== 'list') writeValue(writer, number, type, undefined);
}

function writeMap(writer: WireWriter, number: number, of: TypeRef, map: Members | null | undefined): void {
  for (const key of Object.keys(map ?? {}).sort().reverse()) {
    writer.message(number, () => {
      writeValue(writer, 2, of, map?.[key]);
      writer.string(1, key);
    });
  }
}

// `undefined` is the type's zero value.
function writeValue(writer: WireWriter, number: number, type: TypeRef, value: unknown): void {
  switch (type.kind) {
    case 'string':
      return writer.string(number, text(value));
    case 'bool':
      return writer.bool(number, value === true);
    case 'int32':
    case 'int64':
      return writer.int(number, integer(value));
    case 'float':
      return writer.double(number, Number(value ?? 0));
    case 'bytes':
      return writer.bytes(number, decodeBase64(text(value)));
    case 'struct':
      return writer.message(number, () => writeMessage(writer, structNamed(type.name), (value ?? {}) as Members));
    case 'time':
    case 'microTime':
      return writeTime(writer, number, { value, micros: type.kind === 'microTime' });
    case 'quantity':
      return writer.message(number, () => writer.string(1, text(value ?? '0')));
    case 'intOrString':
      return writer.message(number, () => writeIntOrString(writer, value));
    case 'rawExtension':
    case 'fieldsV1':
      return writer.message(number, () => writeRawJson(writer, value));
    case 'json':
      return writer.message(number, () => (type.message ? writeSchemaUnion(writer, type.message, value) : writeRawJson(writer, value)));
    case 'list':
      return writer.message(number, () => writeField(writer, 1, { ...ITEMS, type: { kind: 'list', of: type.of } }, value));
    case 'map':
      throw new ProtobufError('a map cannot be written as one value');
  }
}

const ITEMS: Omit<Field, 'type'> = { name: 'items', optional: true, pointer: false, omitZero: false, required: false };

function writeTime(writer: WireWriter, number: number, { value, micros }: { value: unknown; micros: boolean }): void {
  writer.message(number, () => {
    if (value === undefined) return;
    const { seconds, nanos } = parseTimestamp(text(value));
    writer.int(2, micros ? nanos : 0);
    writer.int(1, seconds);
  });
}

function writeIntOrString(writer: WireWriter, value: unknown): void {
  const isString = typeof value === 'string';
  writer.string(3, isString ? value : '');
  writer.int(2, isString ? 0 : integer(value));
  writer.int(1, isString ? 1 : 0);
}

function writeRawJson(writer: WireWriter, value: unknown): void {
  if (value !== undefined) writer.bytes(1, encodeJsonBytes(value));
}

function writeSchemaUnion(writer: WireWriter, union: 'schemaOrArray' | 'schemaOrBool' | 'schemaOrStrings', value: unknown): void {
  const schemaProps: TypeRef = { kind: 'struct', name: 'apiextensions/v1.JSONSchemaProps' };
  const isSchema = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (union === 'schemaOrBool') {
    if (isSchema) writeValue(writer, 2, schemaProps, value);
    writer.bool(1, isSchema || value === true);
    return;
  }
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  const element: TypeRef = union === 'schemaOrStrings' ? { kind: 'string' } : schemaProps;
  for (let i = list.length - 1; i >= 0; i--) writeValue(writer, 2, element, list[i]);
  if (isSchema) writeValue(writer, 1, schemaProps, value);
}

function integer(value: unknown): number | bigint {
  if (typeof value === 'bigint') return value;
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new ProtobufError('not an integer');
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value); // a quantity written as a number
  if (value === undefined) return '';
  throw new ProtobufError('not a string');
}
