import type { KubeObject } from '../object.ts';
import { typeOf } from '../schema/schema.ts';
import { DEFAULT_LIMITS, MessageDecoder, type ProtobufLimits } from './message-decoder.ts';
import { writeMessage } from './message-encoder.ts';
import { ProtobufError, WIRE, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/**
 * `application/vnd.kubernetes.protobuf`: four bytes of magic, then a runtime.Unknown that names the kind and holds its message.
 * Decoding gives the object that the same client's JSON would have given, after Go has read and written it.
 */
export const PROTOBUF_MEDIA_TYPE = 'application/vnd.kubernetes.protobuf';

const MAGIC = Uint8Array.of(0x6b, 0x38, 0x73, 0x00); // k8s\0
// runtime.Unknown {typeMeta {apiVersion, kind}, raw, contentEncoding, contentType}
const UNKNOWN = { typeMeta: 1, raw: 2, contentEncoding: 3, contentType: 4 };
const TYPE_META = { apiVersion: 1, kind: 2 };
const WATCH_EVENT = { type: 1, object: 2 };
const RAW_EXTENSION = { raw: 1 };

export interface ProtobufEnvelope {
  /** Both empty where the sender left them out. */
  apiVersion: string;
  kind: string;
  /** The message of that kind. */
  raw: Uint8Array;
}

export interface DecodedProtobuf {
  apiVersion: string;
  kind: string;
  object: KubeObject;
}

/** Throws ProtobufError for what is malformed, of an unknown kind, or over the limits. */
export function decodeProtobuf(bytes: Uint8Array, limits: ProtobufLimits = DEFAULT_LIMITS): DecodedProtobuf {
  const { apiVersion, kind, raw } = readProtobufEnvelope(bytes);
  return { apiVersion, kind, object: decodeProtobufMessage(raw, { apiVersion, kind }, limits) };
}

/** The message alone, for who has judged its envelope. */
export function decodeProtobufMessage(raw: Uint8Array, { apiVersion, kind }: { apiVersion: string; kind: string }, limits: ProtobufLimits = DEFAULT_LIMITS): KubeObject {
  const struct = structOf(apiVersion, kind);
  if (!struct) throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`);
  const object: Record<string, unknown> = { kind, apiVersion, ...new MessageDecoder(limits).message(new WireReader(raw), struct) };
  return object as KubeObject;
}

/** The object's own apiVersion and kind say which message it is. Throws ProtobufError for kinds without one (custom resources). */
export function encodeProtobuf(object: { apiVersion?: string; kind?: string }): Uint8Array {
  const { apiVersion = '', kind = '' } = object;
  const struct = structOf(apiVersion, kind);
  if (!struct || struct.message.length === 0) throw new ProtobufError(`${apiVersion} ${kind} has no protobuf form`);
  const writer = new WireWriter();
  writer.string(UNKNOWN.contentType, '');
  writer.string(UNKNOWN.contentEncoding, '');
  writer.message(UNKNOWN.raw, () => writeMessage(writer, struct, object));
  writer.message(UNKNOWN.typeMeta, () => {
    writer.string(TYPE_META.kind, kind);
    writer.string(TYPE_META.apiVersion, apiVersion);
  });
  writer.prefix(MAGIC);
  return writer.result();
}

/** An event of a watch: a bare WatchEvent message (no envelope of its own), whose object is enveloped. */
export function encodeProtobufEvent(type: string, object: { apiVersion?: string; kind?: string }): Uint8Array {
  const writer = new WireWriter();
  writer.message(WATCH_EVENT.object, () => writer.bytes(RAW_EXTENSION.raw, encodeProtobuf(object)));
  writer.string(WATCH_EVENT.type, type);
  return writer.result();
}

export function isProtobuf(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

export function readProtobufEnvelope(bytes: Uint8Array): ProtobufEnvelope {
  if (bytes.length === 0) throw new ProtobufError('empty data');
  if (!isProtobuf(bytes)) throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  if (bytes.length === MAGIC.length) throw new ProtobufError('empty body');
  const reader = new WireReader(bytes, MAGIC.length);
  let meta = { apiVersion: '', kind: '' };
  let raw: Uint8Array = new Uint8Array();
  for (let tag = reader.tag(); tag; tag = reader.tag()) {
    if (tag.number === UNKNOWN.typeMeta && tag.wire === WIRE.bytes) meta = readTypeMeta(reader.message());
    else if (tag.number === UNKNOWN.raw && tag.wire === WIRE.bytes) raw = reader.bytes();
    else reader.skip(tag.wire);
  }
  return { ...meta, raw };
}

function readTypeMeta(reader: WireReader): { apiVersion: string; kind: string } {
  const meta = { apiVersion: '', kind: '' };
  for (let tag = reader.tag(); tag; tag = reader.tag()) {
    if (tag.number === TYPE_META.apiVersion && tag.wire === WIRE.bytes) meta.apiVersion = reader.string();
    else if (tag.number === TYPE_META.kind && tag.wire === WIRE.bytes) meta.kind = reader.string();
    else reader.skip(tag.wire);
  }
  return meta;
}

function structOf(apiVersion: string, kind: string) {
  const slash = apiVersion.indexOf('/');
  return typeOf(apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1), kind);
}
