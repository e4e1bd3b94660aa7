import type { Field, MessageField, StructType, TypeRef } from '../schema/struct-type.ts';
import { structNamed } from '../schema/schema.ts';
import { encodeBase64 } from './base64.ts';
import { parseJson } from './json.ts';
import { setMember } from './json-reader.ts';
import { completeStruct } from './go-form.ts';
import { formatTimestamp, type Timestamp } from './timestamp.ts';
import { ProtobufError, WIRE, WireReader } from './wire-reader.ts';

export interface ProtobufLimits {
  maxDepth: number;
  /** Of all lists and maps together: two bytes on the wire can become an object with many empty fields. */
  maxElements: number;
}

export const DEFAULT_LIMITS: ProtobufLimits = { maxDepth: 200, maxElements: 250_000 };

type Members = Record<string, unknown>;

/** Reads messages by the schema table: unknown fields are passed over, as protobuf wants it. One decoder a body, because it counts. */
export class MessageDecoder {
  readonly #limits: ProtobufLimits;
  #depth = 0;
  #elements = 0;

  constructor(limits: ProtobufLimits) {
    this.#limits = limits;
  }

  message(reader: WireReader, struct: StructType): Members {
    if (++this.#depth > this.#limits.maxDepth) throw new ProtobufError(`message is nested deeper than ${this.#limits.maxDepth}`);
    const object: Members = {};
    this.#readInto(object, reader, struct);
    completeStruct(struct, object);
    this.#depth--;
    return object;
  }

  #readInto(object: Members, reader: WireReader, struct: StructType): void {
    for (let tag = reader.tag(); tag; tag = reader.tag()) {
      const { number, wire } = tag;
      const found = struct.message.find((candidate) => candidate.number === number);
      if (found) this.#readField(object, reader, found, wire);
      else reader.skip(wire);
    }
  }

  #readField(object: Members, reader: WireReader, { field, embedded }: MessageField, wire: number): void {
    const { name, type } = field;
    if (embedded && type.kind === 'struct') {
      expectWire(wire, WIRE.bytes, field);
      this.#readInto(object, reader.message(), structNamed(type.name));
    } else if (type.kind === 'list' && !type.message) {
      const list = (object[name] ??= []) as unknown[];
      this.#readElements(list, reader, wire, { field, of: type.of });
    } else if (type.kind === 'map') {
      expectWire(wire, WIRE.bytes, field);
      this.#count();
      this.#readEntry((object[name] ??= {}) as Members, reader.message(), { field, of: type.of });
    } else {
      object[name] = this.#value(reader, wire, { field, of: type });
    }
  }

  // Lists of numbers may come packed into one field.
  #readElements(list: unknown[], reader: WireReader, wire: number, element: Typed): void {
    const packed = wire === WIRE.bytes && wireOf(element.of) !== WIRE.bytes ? reader.message() : undefined;
    if (!packed) {
      this.#count();
      list.push(this.#value(reader, wire, element));
      return;
    }
    while (!packed.atEnd()) {
      this.#count();
      list.push(this.#value(packed, wireOf(element.of), element));
    }
  }

  #readEntry(map: Members, reader: WireReader, { field, of }: Typed): void {
    let key = '';
    let value: unknown;
    for (let tag = reader.tag(); tag; tag = reader.tag()) {
      if (tag.number === 1 && tag.wire === WIRE.bytes) key = reader.string();
      else if (tag.number === 2) value = this.#value(reader, tag.wire, { field, of });
      else reader.skip(tag.wire);
    }
    setMember(map, key, value ?? this.#absentValue(of));
  }

  // An entry without value field: the empty value of its type.
  #absentValue(of: TypeRef): unknown {
    if (of.kind === 'struct') return this.message(new WireReader(new Uint8Array()), structNamed(of.name));
    if (of.kind === 'list') return [];
    return of.kind === 'quantity' ? '0' : '';
  }

  #value(reader: WireReader, wire: number, { field, of }: Typed): unknown {
    expectWire(wire, wireOf(of), field);
    switch (of.kind) {
      case 'string':
        return reader.string();
      case 'bool':
        return reader.bool();
      case 'int32':
        return reader.int32();
      case 'int64':
        return reader.int64();
      case 'float':
        return reader.double();
      case 'bytes':
        return encodeBase64(reader.bytes());
      case 'struct':
        return this.message(reader.message(), structNamed(of.name));
      case 'time':
      case 'microTime':
        return readTime(reader.message(), of.kind === 'time' ? 0 : 6);
      case 'quantity':
        return readString(reader.message()) ?? '0';
      case 'intOrString':
        return readIntOrString(reader.message());
      case 'rawExtension':
      case 'fieldsV1':
        return readRawJson(reader.message());
      case 'json':
        return of.message ? this.#schemaUnion(reader.message(), of.message) : readRawJson(reader.message());
      case 'list': // a list that is a message: one repeated field
        return this.#items(reader.message(), { field, of: of.of });
      case 'map':
        throw new ProtobufError(`${field.name} cannot be read as one value`);
    }
  }

  #items(reader: WireReader, element: Typed): unknown[] {
    const list: unknown[] = [];
    for (let tag = reader.tag(); tag; tag = reader.tag()) {
      if (tag.number === 1) this.#readElements(list, reader, tag.wire, element);
      else reader.skip(tag.wire);
    }
    return list;
  }

  // JSONSchemaPropsOr...: in JSON one or the other, on the wire a message with a field for each.
  #schemaUnion(reader: WireReader, union: 'schemaOrArray' | 'schemaOrBool' | 'schemaOrStrings'): unknown {
    const schemaProps = structNamed('apiextensions/v1.JSONSchemaProps');
    const list: unknown[] = [];
    let schema: Members | undefined;
    let allows = false;
    for (let tag = reader.tag(); tag; tag = reader.tag()) {
      if (union === 'schemaOrBool' && tag.number === 1 && tag.wire === WIRE.varint) allows = reader.bool();
      else if (tag.wire !== WIRE.bytes || tag.number > 2) reader.skip(tag.wire);
      else if (tag.number === (union === 'schemaOrBool' ? 2 : 1)) schema = this.message(reader.message(), schemaProps);
      else {
        this.#count();
        list.push(union === 'schemaOrStrings' ? reader.string() : this.message(reader.message(), schemaProps));
      }
    }
    if (union === 'schemaOrBool') return schema ?? allows;
    return list.length > 0 ? list : schema;
  }

  #count(): void {
    if (++this.#elements > this.#limits.maxElements) throw new ProtobufError(`more than ${this.#limits.maxElements} elements`);
  }
}

interface Typed {
  field: Field;
  of: TypeRef;
}

function wireOf({ kind }: TypeRef): number {
  if (kind === 'bool' || kind === 'int32' || kind === 'int64') return WIRE.varint;
  return kind === 'float' ? WIRE.fixed64 : WIRE.bytes;
}

function expectWire(wire: number, expected: number, { name }: Field): void {
  if (wire !== expected) throw new ProtobufError(`proto: wrong wireType = ${wire} for field ${name.charAt(0).toUpperCase()}${name.slice(1)}`);
}

function readTime(reader: WireReader, digits: 0 | 6): string | undefined {
  const time: Timestamp = { seconds: 0, nanos: 0 };
  let empty = true;
  for (let tag = reader.tag(); tag; tag = reader.tag()) {
    empty = false;
    if (tag.number === 1 && tag.wire === WIRE.varint) time.seconds = Number(reader.int64());
    else if (tag.number === 2 && tag.wire === WIRE.varint) time.nanos = reader.int32();
    else reader.skip(tag.wire);
  }
  return empty ? undefined : formatTimestamp(time, digits);
}

function readIntOrString(reader: WireReader): number | string {
  let isString = false;
  let int = 0;
  let string = '';
  for (let tag = reader.tag(); tag; tag = reader.tag()) {
    if (tag.number === 1 && tag.wire === WIRE.varint) isString = reader.bool();
    else if (tag.number === 2 && tag.wire === WIRE.varint) int = reader.int32();
    else if (tag.number === 3 && tag.wire === WIRE.bytes) string = reader.string();
    else reader.skip(tag.wire);
  }
  return isString ? string : int;
}

function readString(reader: WireReader): string | undefined {
  const raw = readRaw(reader);
  return raw && new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw);
}

function readRawJson(reader: WireReader): unknown {
  const raw = readRaw(reader);
  if (!raw || raw.length === 0) return undefined;
  try {
    return parseJson(raw);
  } catch (cause) {
    throw new ProtobufError('an embedded value is no JSON', { cause });
  }
}

function readRaw(reader: WireReader): Uint8Array | undefined {
  let raw: Uint8Array | undefined;
  for (let tag = reader.tag(); tag; tag = reader.tag()) {
    if (tag.number === 1 && tag.wire === WIRE.bytes) raw = reader.bytes();
    else reader.skip(tag.wire);
  }
  return raw;
}
