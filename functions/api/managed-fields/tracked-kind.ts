import { completeStruct } from '#api/codec/go-form';
import { convert } from '#api/conversion';
import type { KubeObject } from '#api/object';
import type { ApiResource } from '#api/resource';
import { RESOURCES } from '#api/resources';
import { groupVersionOf, structNamed, typeOf } from '#api/schema/schema';
import type { FieldSet } from './field-set.ts';
import type { MergeType } from './merge-type.ts';
import { withoutResetFields } from './reset-fields.ts';
import { mergeTypeOf } from './schema-types.ts';

/**
 * All that ownership needs to know of a kind: its types in each version that managers may name its fields in, and the way between them.
 * A custom resource's can be made from its own schemas.
 */
export interface TrackedKind {
  /** The version of the request. */
  readonly apiVersion: string;
  /** undefined: a version that is not served (any more); what was owned in it is forgotten. */
  typeIn(apiVersion: string): MergeType | undefined;
  convert(object: KubeObject, from: string, to: string): KubeObject;
  /** Without what a write by this request never changes. */
  withoutResetFields(fields: FieldSet): FieldSet;
  /** An object of which nothing is set: what a new one is compared with. */
  emptyObject(): KubeObject;
}

/** `requested` is the resource in the version that the request names; `subresource` is '' for the object itself. */
export function trackedKind(requested: ApiResource, subresource: string): TrackedKind {
  const versions = VERSIONS.get(storageOf(requested)) ?? new Map<string, ApiResource>();
  return {
    apiVersion: groupVersionOf(requested.group, requested.version),
    typeIn(apiVersion) {
      const version = versions.get(apiVersion);
      const struct = version && typeOf(version.group, version.version, version.kind);
      return struct && mergeTypeOf(struct);
    },
    convert(object, from, to) {
      const [source, target] = [versions.get(from), versions.get(to)];
      return source && target ? convert(object, source, target) : object;
    },
    withoutResetFields: (fields) => withoutResetFields(fields, requested, subresource),
    emptyObject() {
      const empty = { metadata: {} };
      const struct = typeOf(requested.group, requested.version, requested.kind);
      if (struct) completeStruct(struct, empty);
      return empty;
    },
  };
}

/** The Scale of whatever has one. */
export function scaleKind(): TrackedKind {
  const struct = structNamed('autoscaling/v1.Scale');
  return {
    apiVersion: 'autoscaling/v1',
    typeIn: (apiVersion) => (apiVersion === 'autoscaling/v1' ? mergeTypeOf(struct) : undefined),
    convert: (object) => object,
    withoutResetFields: (fields) => fields,
    emptyObject: () => ({ metadata: {} }),
  };
}

/** By where they are stored, and then by `group/version`. */
const VERSIONS: ReadonlyMap<string, ReadonlyMap<string, ApiResource>> = new Map(RESOURCES.map((resource) => [storageOf(resource), versionsOf(resource)]));

function versionsOf(resource: ApiResource): ReadonlyMap<string, ApiResource> {
  const versions = RESOURCES.filter((other) => storageOf(other) === storageOf(resource));
  return new Map(versions.map((version) => [groupVersionOf(version.group, version.version), version]));
}

function storageOf({ storage: { group, version, resource } }: ApiResource): string {
  return `${group}/${version}/${resource}`;
}
