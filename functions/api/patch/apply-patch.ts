import { goValue } from '#api/codec/go-type';
import { readYaml } from '#api/codec/yaml';
import { YamlError } from '#api/codec/yaml-scalar';
import { decodeDocument, isRefusal, treeDocument, type GroupVersionKind } from '#api/decode';
import type { FieldValidation } from '#api/field-validation';
import { typeProblems } from '#api/managed-fields/check-type';
import { ApplyConflict } from '#api/managed-fields/conflicts';
import { MergeError } from '#api/managed-fields/item-element';
import { applyConfiguration, type Applying } from '#api/managed-fields/track';
import type { TrackedKind } from '#api/managed-fields/tracked-kind';
import type { KubeObject } from '#api/object';
import { groupVersionOf } from '#api/schema/schema';
import { badRequest, StatusError } from '#api/status';
import { isObject } from './json-tree.ts';

export const APPLY_MEDIA_TYPE = 'application/apply-patch+yaml';

/** A configuration that is applied: what its writer wants of an object, and nothing else. It may be laid over several versions of it. */
export interface ApplyPatch {
  /** For the client, under `fieldValidation=Warn`. */
  warnings: string[];
  /** Throws StatusError. */
  apply(kind: TrackedKind, applying: Applying): KubeObject;
}

/** Throws StatusError. */
export function readApplyPatch(bytes: Uint8Array, expected: GroupVersionKind, fieldValidation: FieldValidation): ApplyPatch {
  const { config, repeated } = read(bytes);
  requireKind(config, expected);
  if (isObject(config.metadata) && Object.hasOwn(config.metadata, 'managedFields') && config.metadata.managedFields !== null) throw badRequest('metadata.managedFields must be nil');
  const problems = repeated.length === 0 || fieldValidation === 'Ignore' ? [] : [`error converting YAML to JSON: yaml: unmarshal errors:\n${repeated.map((problem) => `  ${problem}`).join('\n')}`];
  if (fieldValidation === 'Strict' && problems[0] !== undefined) throw badRequest(`error strict decoding YAML: ${problems[0]}`);
  return {
    warnings: repeated.length === 0 || fieldValidation !== 'Warn' ? [] : repeated,
    apply: (kind, applying) => decoded(applied(kind, config, { ...applying, expected }), expected),
  };
}

function read(bytes: Uint8Array): { config: KubeObject; repeated: string[] } {
  try {
    const { value, repeated } = readYaml(bytes);
    if (value !== null && !isObject(value)) throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goValue(value)} into Go value of type map[string]interface {}`);
    const config = { ...value } as unknown as KubeObject;
    return { config, repeated };
  } catch (error) {
    if (error instanceof YamlError) throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

function requireKind({ apiVersion, kind }: KubeObject, expected: GroupVersionKind): void {
  if (apiVersion === groupVersionOf(expected.group, expected.version) && kind === expected.kind) return;
  const [group, version] = typeof apiVersion !== 'string' ? ['', ''] : apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  throw badRequest(`invalid object type: ${group}/${version}, Kind=${typeof kind === 'string' ? kind : ''}`);
}

function applied(kind: TrackedKind, config: KubeObject, { expected, ...applying }: Applying & { expected: GroupVersionKind }): KubeObject {
  const type = kind.typeIn(kind.apiVersion);
  const problems = type && typeProblems(type, config);
  if (problems !== undefined) throw new StatusError(500, undefined, `failed to create typed patch object (${shown(config, expected)}): ${problems}`);
  try {
    return applyConfiguration(kind, isObject(config.metadata) ? config : { ...config, metadata: {} }, applying);
  } catch (error) {
    if (error instanceof ApplyConflict) throw new StatusError(409, 'Conflict', error.message, { causes: error.causes() });
    if (error instanceof MergeError) throw new StatusError(500, undefined, `failed to apply (${shown(config, expected)}): ${error.message}`);
    throw error;
  }
}

// Defaults are the caller's. What the configuration's types leave open may still be no value of its field.
function decoded(object: KubeObject, expected: GroupVersionKind): KubeObject {
  try {
    const { managedFields } = object.metadata;
    const plain = { ...object, metadata: { ...object.metadata } };
    delete plain.metadata.managedFields;
    const { object: read } = decodeDocument(treeDocument(plain), { expected, fieldValidation: 'Ignore' });
    if (managedFields) read.metadata.managedFields = managedFields;
    return read;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const gvk = gvkText(expected);
    throw new StatusError(500, undefined, `failed to convert new object (${shown(object, expected)}) to proper version: unable to convert unstructured object to ${gvk}: ${error.message}`);
  }
}

function shown({ metadata }: KubeObject, expected: GroupVersionKind): string {
  const { namespace, name } = isObject(metadata) ? (metadata as { namespace?: unknown; name?: unknown }) : {};
  return `${typeof namespace === 'string' ? namespace : ''}/${typeof name === 'string' ? name : ''}; ${gvkText(expected)}`;
}

function gvkText({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}, Kind=${kind}`;
}
