import type { ApiResource } from '../resource.ts';
import type { Field, StructType, TypeRef } from '../schema/struct-type.ts';
import { groupVersionOf, kindsOf, modelName, structNamed } from '../schema/schema.ts';

/** What differs between OpenAPI v2 and v3 in the description of a type. */
export interface Dialect {
  /** Before a model's name in a reference. */
  refPrefix: string;
  /** v3 tells defaults, and wraps a reference that has something beside it. */
  defaults: boolean;
  leaves: Record<string, Definition>;
}

export type Definition = Record<string, unknown>;

/** Types that are models of their own in OpenAPI and no struct in the table. */
const LEAF_MODELS = {
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  microTime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
  rawExtension: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  fieldsV1: 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  json: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON',
} as const;
const UNION_MODELS = {
  schemaOrArray: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray',
  schemaOrBool: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool',
  schemaOrStrings: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray',
};
export const PATCH_MODEL = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';

const COMMON_LEAVES: Record<string, Definition> = {
  [LEAF_MODELS.time]: { type: 'string', format: 'date-time' },
  [LEAF_MODELS.microTime]: { type: 'string', format: 'date-time' },
  [LEAF_MODELS.rawExtension]: { type: 'object' },
  [LEAF_MODELS.fieldsV1]: { type: 'object' },
  [LEAF_MODELS.json]: {},
  ...Object.fromEntries(Object.values(UNION_MODELS).map((name) => [name, {}])),
  [PATCH_MODEL]: { type: 'object' },
};

export const V2: Dialect = {
  refPrefix: '#/definitions/',
  defaults: false,
  leaves: {
    ...COMMON_LEAVES,
    [LEAF_MODELS.quantity]: { type: 'string' },
    [LEAF_MODELS.intOrString]: { type: 'string', format: 'int-or-string' },
  },
};

export const V3: Dialect = {
  refPrefix: '#/components/schemas/',
  defaults: true,
  leaves: {
    ...COMMON_LEAVES,
    [LEAF_MODELS.quantity]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    [LEAF_MODELS.intOrString]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
};

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

/** The definitions of the given structs (`patch` for the body of a patch) and of all that they refer to, by model name in ascending order. */
export function definitionsOf(structs: Iterable<string>, dialect: Dialect, resources: readonly ApiResource[]): Record<string, Definition> {
  const kinds = kindsOfStructs(resources);
  const definitions = new Map<string, Definition>();
  const pending = [...structs];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === 'patch') definitions.set(PATCH_MODEL, dialect.leaves[PATCH_MODEL] ?? {});
    if (name === 'patch' || definitions.has(modelName(name))) continue;
    const struct = structNamed(name);
    definitions.set(modelName(name), structDefinition(struct, dialect, kinds.get(name)));
    for (const { type } of struct.fields.values()) collect(type, dialect, { definitions, pending });
  }
  return Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function collect(type: TypeRef, dialect: Dialect, into: { definitions: Map<string, Definition>; pending: string[] }): void {
  if (type.kind === 'list' || type.kind === 'map') return collect(type.of, dialect, into);
  if (type.kind === 'struct') into.pending.push(type.name);
  const leaf = leafModel(type);
  if (leaf !== undefined) into.definitions.set(leaf, dialect.leaves[leaf] ?? {});
  if (type.kind === 'json' && type.message !== undefined) into.pending.push('apiextensions/v1.JSONSchemaProps');
}

function structDefinition(struct: StructType, dialect: Dialect, kinds: GroupVersionKind[] | undefined): Definition {
  const fields = [...struct.fields.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const required = [...struct.fields.values()].filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    ...(fields.length > 0 && { properties: Object.fromEntries(fields.map((field) => [field.name, property(field, dialect, field.name === 'items' && struct.name.endsWith('List'))])) }),
    ...(kinds && { 'x-kubernetes-group-version-kind': kinds.map(({ group, kind, version }) => ({ group, kind, version })) }),
    ...(struct.atomic && { 'x-kubernetes-map-type': 'atomic' }),
  };
}

// The items of a List are all there is to it: nobody merges them.
function property(field: Field, dialect: Dialect, ofList: boolean): Definition {
  const facts: Definition = {};
  if (dialect.defaults) Object.assign(facts, defaultOf(field));
  if (field.enum && field.type.kind === 'string') facts['enum'] = field.enum;
  if (field.listMapKeys) facts['x-kubernetes-list-map-keys'] = field.listMapKeys;
  if (field.type.kind === 'list' && !ofList) facts['x-kubernetes-list-type'] = field.listType ?? 'atomic';
  if (field.mapType) facts['x-kubernetes-map-type'] = field.mapType;
  if (field.patchMergeKey !== undefined) facts['x-kubernetes-patch-merge-key'] = field.patchMergeKey;
  if (field.patchStrategy !== undefined) facts['x-kubernetes-patch-strategy'] = field.patchStrategy;
  return typeDefinition(field.type, dialect, { facts, elementEnum: field.enum });
}

// A value that Go always has: its zero, unless Kubernetes declares another.
function defaultOf({ type, pointer, optional, default: declared }: Field): Definition {
  if (declared !== undefined) return { default: declared };
  if (type.kind === 'struct') return pointer ? {} : { default: {} };
  return optional ? {} : elementDefault(type);
}

function elementDefault({ kind }: TypeRef): Definition {
  if (kind === 'struct') return { default: {} };
  if (kind === 'string') return { default: '' };
  if (kind === 'bool') return { default: false };
  return kind === 'int32' || kind === 'int64' || kind === 'float' ? { default: 0 } : {};
}

interface Beside {
  facts: Definition;
  elementEnum?: readonly string[] | undefined;
}

const SCALARS: Partial<Record<TypeRef['kind'], Definition>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  float: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
};

function typeDefinition(type: TypeRef, dialect: Dialect, { facts, elementEnum }: Beside): Definition {
  if (type.kind === 'list' || type.kind === 'map') {
    const element: Definition = dialect.defaults ? elementDefault(type.of) : {};
    if (elementEnum && type.of.kind === 'string') element['enum'] = elementEnum;
    const of = typeDefinition(type.of, dialect, { facts: element });
    return type.kind === 'list' ? { type: 'array', items: of, ...facts } : { type: 'object', additionalProperties: of, ...facts };
  }
  const scalar = SCALARS[type.kind];
  if (scalar) return { ...scalar, ...facts };
  return reference(type.kind === 'struct' ? modelName(type.name) : (leafModel(type) ?? ''), dialect, facts);
}

function reference(model: string, { refPrefix, defaults }: Dialect, facts: Definition): Definition {
  const $ref = refPrefix + model;
  return defaults && Object.keys(facts).length > 0 ? { allOf: [{ $ref }], ...facts } : { $ref, ...facts };
}

function leafModel(type: TypeRef): string | undefined {
  if (type.kind === 'json' && type.message !== undefined) return UNION_MODELS[type.message];
  return isLeafModel(type.kind) ? LEAF_MODELS[type.kind] : undefined;
}

function isLeafModel(kind: string): kind is keyof typeof LEAF_MODELS {
  return Object.hasOwn(LEAF_MODELS, kind);
}

// Options and Status are kinds of every group version in the document.
function kindsOfStructs(resources: readonly ApiResource[]): Map<string, GroupVersionKind[]> {
  const kinds = new Map<string, GroupVersionKind[]>();
  const add = (struct: string, kind: GroupVersionKind): void => void (kinds.get(struct) ?? kinds.set(struct, []).get(struct))?.push(kind);
  const groupVersions = new Map([['v1', { group: '', version: 'v1' }]]);
  for (const { group, version, subresources } of resources)
    for (const gv of [{ group, version }, ...subresources]) groupVersions.set(groupVersionOf(gv.group, gv.version), { group: gv.group, version: gv.version });
  for (const [name, { group, version }] of groupVersions) for (const [kind, struct] of kindsOf(name)) add(struct, { group, kind, version });
  const served = new Map(resources.map(({ group, version }) => [groupVersionOf(group, version), { group, version }]));
  for (const { group, version } of new Map([['v1', { group: '', version: 'v1' }], ...served]).values())
    for (const kind of ['DeleteOptions', 'WatchEvent']) add(`meta/v1.${kind}`, { group, kind, version });
  add('meta/v1.Status', { group: '', kind: 'Status', version: 'v1' });
  return kinds;
}
