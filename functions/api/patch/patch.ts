import { goValue } from '#api/codec/go-type';
import { JsonSyntaxError, type JsonDocument } from '#api/codec/json-reader';
import { encodeJson, readJson } from '#api/codec/json';
import { decodeDocument, treeDocument, isRefusal, type Decoded, type GroupVersionKind } from '#api/decode';
import { invalid as invalidField } from '#api/field-error';
import type { FieldValidation } from '#api/field-validation';
import type { KubeObject } from '#api/object';
import { groupVersionOf, typeOf } from '#api/schema/schema';
import { badRequest, invalid, StatusError } from '#api/status';
import { duplicateFields } from './duplicate-fields.ts';
import { goText } from './go-text.ts';
import { readOperations } from './json-patch-body.ts';
import { applyJsonPatch } from './json-patch.ts';
import { isObject, type Members } from './json-tree.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

/** A patch that has been read; it may be applied again when somebody else wrote first. */
export interface Patch {
  /** Gives the new object, in the form of `decode`; the current one is not changed. Throws StatusError. */
  apply(current: KubeObject, options: PatchOptions): Decoded;
}

export interface PatchOptions {
  /** The kind that the route is about; `current` is of it. */
  expected: GroupVersionKind;
  fieldValidation: FieldValidation;
}

export const PATCH_MEDIA_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json'] as const;

/** The three classic patches, by media type. Throws StatusError. */
export function readPatch(bytes: Uint8Array, contentType: string | undefined): Patch {
  switch (contentType?.split(';')[0]?.trim().toLowerCase()) {
    case 'application/json-patch+json':
      return jsonPatch(bytes);
    case 'application/merge-patch+json':
      return mergePatch(bytes);
    case 'application/strategic-merge-patch+json':
      return strategicMergePatch(bytes);
    default:
      throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }
}

function jsonPatch(bytes: Uint8Array): Patch {
  const { operations, problems } = readOperations(read(bytes, 'error decoding patch: '));
  return {
    apply(current, options) {
      const patched = applyJsonPatch(current, operations);
      return finish(patched, { ...options, fields: problems, shown: () => encodeJson(patched) });
    },
  };
}

function mergePatch(bytes: Uint8Array): Patch {
  const document = read(bytes, 'error decoding patch: ');
  if (document.value === null) throw badRequest('Invalid JSON Patch');
  requireObject(document.value, 'error decoding patch: ');
  return {
    apply(current, options) {
      const patched = applyMergePatch(withoutManagers(current), document.value);
      return finish(patched, { ...options, fields: duplicateFields(document), shown: () => encodeJson(patched) });
    },
  };
}

function strategicMergePatch(bytes: Uint8Array): Patch {
  const document = read(bytes, '');
  const patch = requireObject(document.value ?? {}, '');
  return {
    apply(current, options) {
      const { group, version, kind } = options.expected;
      const struct = typeOf(group, version, kind);
      if (!struct) throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
      const patched = applyStrategicMergePatch(withoutManagers(current), patch, struct);
      const typeMeta = { kind, apiVersion: groupVersionOf(group, version) }; // what such a patch says of them is not looked at
      return finish({ ...patched, ...typeMeta }, { ...options, fields: duplicateFields(document), shown: () => goText(patch) });
    },
  };
}

// Half of an object, which these patches can only replace as a whole; an object that says nothing of its managers keeps those that it has.
function withoutManagers(current: KubeObject): KubeObject {
  const { managedFields: _managedFields, ...metadata } = current.metadata;
  return { ...current, metadata };
}

function read(bytes: Uint8Array, prefix: string): JsonDocument {
  try {
    return readJson(bytes);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw badRequest(`${prefix}${error.message}`);
    throw error;
  }
}

function requireObject(value: unknown, prefix: string): Members {
  if (isObject(value)) return value;
  throw badRequest(`${prefix}json: cannot unmarshal ${goValue(value)} into Go value of type map[string]interface {}`);
}

interface Finish extends PatchOptions {
  fields: readonly string[];
  /** What an error says the invalid value is. */
  shown(): string;
}

function finish(patched: unknown, { expected, fieldValidation, fields, shown }: Finish): Decoded {
  const refuse = (why: string): StatusError => invalid({ group: '', kind: '' }, '', [invalidField('patch', shown(), why)]);
  const { apiVersion, kind } = patched as KubeObject;
  if (apiVersion !== groupVersionOf(expected.group, expected.version) || kind !== expected.kind) {
    throw refuse(`no kind "${String(kind)}" is registered for version "${String(apiVersion)}" in scheme "pkg/runtime/scheme.go:111"`);
  }
  try {
    return decodeDocument(treeDocument(patched), { expected, fieldValidation, fields });
  } catch (error) {
    if (isRefusal(error)) throw refuse(error.message);
    throw error;
  }
}
