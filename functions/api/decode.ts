import { Base64Error } from './codec/go-base64.ts';
import { goType, goValue } from './codec/go-type.ts';
import { JsonSyntaxError, type JsonDocument } from './codec/json-reader.ts';
import { readJson } from './codec/json.ts';
import { decodeProtobufMessage, PROTOBUF_MEDIA_TYPE, readProtobufEnvelope } from './codec/protobuf.ts';
import { decodeTyped, TypeMismatch } from './codec/typed.ts';
import { ProtobufError } from './codec/wire-reader.ts';
import { YamlError } from './codec/yaml-scalar.ts';
import { readYaml } from './codec/yaml.ts';
import { judgeFields, StrictDecodingError, type FieldValidation } from './field-validation.ts';
import type { KubeObject } from './object.ts';
import { QuantityError } from './quantity.ts';
import { groupVersionOf, kindsOf, typeOf } from './schema/schema.ts';
import { TimeError } from './time.ts';

/** Request bodies: bytes in one of the media types to an object of the kind that the route expects. */
export interface DecodeRequest {
  bytes: Uint8Array;
  /** Of the request; absent is JSON. */
  contentType?: string | undefined;
  expected: GroupVersionKind;
  fieldValidation: FieldValidation;
}

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

export interface Decoded {
  /** In Go's normal form (`codec/typed`), with apiVersion and kind. */
  object: KubeObject;
  /** For `Warning: 299` headers. */
  warnings: string[];
}

/** A body that is not what the route expects; the message is the API server's own. */
export class DecodeError extends Error {
  readonly code: 400 | 415;
  readonly reason: 'BadRequest' | 'UnsupportedMediaType';

  constructor(code: 400 | 415, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DecodeError';
    this.code = code;
    this.reason = code === 400 ? 'BadRequest' : 'UnsupportedMediaType';
  }
}

/** Throws DecodeError. */
export function decodeBody({ bytes, contentType, expected, fieldValidation }: DecodeRequest): Decoded {
  const type = mediaType(contentType);
  if (type === PROTOBUF_MEDIA_TYPE) return decodeMessage(bytes, expected);
  const { document, repeated } = read(bytes, type, expected);
  const given = envelope(document.value, bytes, expected);
  checkKind(given, expected);
  try {
    return decodeDocument(document, { expected, fieldValidation, yaml: repeated });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new DecodeError(400, `${given.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: ${error.message}`, error);
  }
}

export interface DocumentOptions {
  expected: GroupVersionKind;
  fieldValidation: FieldValidation;
  /** Problems that were found before: of the fields of a patch, of YAML. */
  fields?: readonly string[];
  yaml?: readonly string[];
}

/**
 * The same for a tree that is already read, such as an object after a patch. Whatever kind it names, it is taken as the expected one.
 * What it throws on a bad tree, `isRefusal` tells.
 */
export function decodeDocument(document: JsonDocument, { expected, fieldValidation, fields = [], yaml = [] }: DocumentOptions): Decoded {
  const { group, version, kind } = expected;
  const struct = typeOf(group, version, kind);
  if (!struct) throw new DecodeError(400, `no kind "${kind}" is registered for version "${groupVersionOf(group, version)}"`);
  const { value, problems } = decodeTyped(document, struct);
  const warnings = judgeFields({ fields: [...fields, ...problems], yaml }, fieldValidation);
  const typeMeta = { kind, apiVersion: groupVersionOf(group, version) };
  return { object: { ...typeMeta, ...value, ...typeMeta } as unknown as KubeObject, warnings }; // first in order, last in say
}

/** An error that says what is wrong with a document, rather than with us. */
export function isRefusal(error: unknown): error is Error {
  return [TypeMismatch, QuantityError, TimeError, Base64Error, StrictDecodingError].some((type) => error instanceof type);
}

export function treeDocument(value: unknown): JsonDocument {
  return { value, repeated: new Map() };
}

const MEDIA_TYPES = ['application/json', 'application/yaml', PROTOBUF_MEDIA_TYPE];

function mediaType(contentType: string | undefined): string {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '') return 'application/json';
  if (MEDIA_TYPES.includes(type)) return type;
  throw new DecodeError(415, `the body of the request was in an unknown format - accepted media types include: ${MEDIA_TYPES.join(', ')}`);
}

// Messages have no unknown or repeated fields to tell of, and are in Go's form when they are read.
function decodeMessage(bytes: Uint8Array, expected: GroupVersionKind): Decoded {
  const { group, version, kind } = expected;
  const apiVersion = groupVersionOf(group, version);
  const envelope = messageOr(() => readProtobufEnvelope(bytes), (error) => unrecognized(expected, bytes, error.message, error));
  checkKind({ groupVersion: envelope.apiVersion || apiVersion, kind: envelope.kind || kind }, expected);
  const refused = (error: ProtobufError) => new DecodeError(400, `${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`, error);
  return { object: messageOr(() => decodeProtobufMessage(envelope.raw, { apiVersion, kind }), refused), warnings: [] };
}

function messageOr<T>(readMessage: () => T, refused: (error: ProtobufError) => DecodeError): T {
  try {
    return readMessage();
  } catch (error) {
    throw error instanceof ProtobufError ? refused(error) : error;
  }
}

function read(bytes: Uint8Array, type: string, expected: GroupVersionKind): { document: JsonDocument; repeated: string[] } {
  try {
    if (type !== 'application/yaml') return { document: readJson(bytes), repeated: [] };
    const { value, repeated } = readYaml(bytes);
    return { document: treeDocument(value), repeated };
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw unrecognized(expected, bytes, `couldn't get version/kind; json parse error: ${error.message}`, error);
    if (error instanceof YamlError) throw unrecognized(expected, bytes, error.message, error);
    throw error;
  }
}

interface TypeMeta {
  groupVersion: string;
  kind: string;
}

// What the body says it is; what it does not say is what is expected.
function envelope(value: unknown, bytes: Uint8Array, expected: GroupVersionKind): TypeMeta {
  const wrong = (what: unknown, into: string): DecodeError =>
    unrecognized(expected, bytes, `couldn't get version/kind; json parse error: json: cannot unmarshal ${goValue(what)} into Go ${into}`);
  if (value !== null && goValue(value) !== 'object') {
    throw wrong(value, 'value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }');
  }
  const { apiVersion, kind } = (value ?? {}) as { apiVersion?: unknown; kind?: unknown };
  for (const [name, member] of Object.entries({ apiVersion, kind })) {
    if (member !== undefined && member !== null && typeof member !== 'string') throw wrong(member, `struct field .${name} of type string`);
  }
  const groupVersion = (apiVersion as string | null | undefined) || groupVersionOf(expected.group, expected.version);
  if (groupVersion.split('/').length > 2) throw unrecognized(expected, bytes, `unexpected GroupVersion string: ${groupVersion}`);
  return { groupVersion, kind: (kind as string | null | undefined) || expected.kind };
}

function checkKind({ groupVersion, kind }: TypeMeta, expected: GroupVersionKind): void {
  const expectedVersion = groupVersionOf(expected.group, expected.version);
  if (groupVersion === expectedVersion && kind === expected.kind) return;
  const [group, version] = groupVersion.includes('/') ? (groupVersion.split('/') as [string, string]) : ['', groupVersion];
  const prefix = `${kind} in version "${version}" cannot be handled as a ${expected.kind}:`;
  const struct = typeOf(group, version, kind);
  if (!struct || kindsOf(groupVersion).size === 0) throw new DecodeError(400, `${prefix} no kind "${kind}" is registered for version "${groupVersion}" in scheme "pkg/runtime/scheme.go:111"`);
  if (kind === expected.kind) throw new DecodeError(400, `the API version in the data (${groupVersion}) does not match the expected API version (${expectedVersion})`);
  const target = `${expected.group === '' ? 'core' : expected.group.split('.')[0]}.${expected.kind}`;
  throw new DecodeError(400, `${prefix} converting (${goType({ kind: 'struct', name: struct.name })}) to (${target}): unknown conversion`);
}

function unrecognized({ kind }: GroupVersionKind, bytes: Uint8Array, problem: string, cause?: unknown): DecodeError {
  return new DecodeError(400, `the object provided is unrecognized (must be of type ${kind}): ${problem} (${summary(bytes)})`, cause);
}

// The beginning of the body, readable when it may be JSON.
function summary(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>';
  const head = bytes.subarray(0, 30);
  const text = head[0] === 0x7b ? new TextDecoder().decode(head) : Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > 30 ? `${text} ...` : text;
}
