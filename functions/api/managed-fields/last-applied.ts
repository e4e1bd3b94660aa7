import { parseJson, encodeJson } from '#api/codec/json';
import type { KubeObject } from '#api/object';
import { isObject } from '#api/patch/json-tree';
import { MAX_ANNOTATION_BYTES } from '#api/validation/object-meta';
import { compare } from './compare.ts';
import { difference, NO_FIELDS, type FieldSet } from './field-set.ts';
import type { MergeType } from './merge-type.ts';
import { ownedFields } from './owned-fields.ts';

/**
 * kubectl's own record of what it applied before it applied on the server. By it, the same kubectl takes over without conflicts what it
 * had applied that way; and while the record is there, it is kept true. Only for the manager that kubectl goes by.
 */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
export const KUBECTL = 'kubectl';

/** What the record says, as far as it is still so. */
export function fieldsLastApplied(type: MergeType, live: KubeObject, apiVersion: string): FieldSet {
  const record = live.metadata.annotations?.[LAST_APPLIED];
  if (record === undefined || record === '') return NO_FIELDS;
  try {
    const config = parseJson(record);
    if (!isObject(config) || config['apiVersion'] !== apiVersion) return NO_FIELDS;
    const { added, modified, removed } = compare(type, config, live);
    return [modified, added, removed].reduce(difference, ownedFields(type, config));
  } catch {
    return NO_FIELDS; // a record that cannot be read says nothing
  }
}

/** Writes what is applied now into the record, where there is one; one that would be too large is left out. */
export function renewLastApplied(object: KubeObject, config: KubeObject): void {
  const { annotations } = object.metadata;
  if (!annotations?.[LAST_APPLIED]) return;
  const { [LAST_APPLIED]: _record, ...others } = annotations;
  const renewed = { ...others, [LAST_APPLIED]: `${encodeJson(withoutRecord(config))}\n` };
  const bytes = Object.entries(renewed).reduce((sum, [key, value]) => sum + key.length + new TextEncoder().encode(value).length, 0);
  object.metadata.annotations = bytes > MAX_ANNOTATION_BYTES ? others : renewed;
}

function withoutRecord(config: KubeObject): KubeObject {
  if (!config.metadata.annotations) return config;
  const { [LAST_APPLIED]: _record, ...annotations } = config.metadata.annotations;
  return { ...config, metadata: { ...config.metadata, annotations } };
}
