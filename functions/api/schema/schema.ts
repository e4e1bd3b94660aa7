import table from './table.generated.json' with { type: 'json' };
import { readStruct, type Row } from './row.ts';

/**
 * What Kubernetes' Go types say, of every kind that is served: one reading of the generated table for JSON decoding, defaulting,
 * validation, patches, server-side apply, protobuf and OpenAPI. Facts only; nothing here knows a kind by name.
 */
export interface StructType {
  /** Package and Go name, such as `core/v1.PodSpec`. */
  readonly name: string;
  /** By JSON name, with the fields of embedded structs among them. */
  readonly fields: ReadonlyMap<string, Field>;
  /** As the protobuf message has them, by ascending number: embedded structs are messages of their own there. */
  readonly message: readonly MessageField[];
  /** Server-side apply sets it as one value. */
  readonly atomic: boolean;
}

export interface Field {
  readonly name: string;
  readonly type: TypeRef;
  /** Go leaves it out of JSON when it has no value (omitempty, omitzero, or a pointer). */
  readonly optional: boolean;
  /** Go keeps absent and zero apart. */
  readonly pointer: boolean;
  /** An empty struct is left out as well; without this Go writes it as `{}`. */
  readonly omitZero: boolean;
  /** By Kubernetes' markers: what OpenAPI lists as required. */
  readonly required: boolean;
  readonly protobuf?: number;
  /** Of strategic merge patches: `merge`, `replace`, `retainKeys`, also two with a comma between. */
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  /** Absent: atomic, as lists are unless they say otherwise. */
  readonly listType?: 'map' | 'set';
  readonly listMapKeys?: readonly string[];
  /** Absent: granular for maps, what the struct says for structs. */
  readonly mapType?: 'atomic' | 'granular';
  readonly default?: string | number | boolean;
  /** The values of a string that Kubernetes declares; which others are refused is the kind's own validation. */
  readonly enum?: readonly string[];
}

export interface MessageField {
  readonly number: number;
  readonly field: Field;
  readonly embedded: boolean;
}

export type TypeRef =
  | { readonly kind: LeafKind }
  /** `message`: on the wire one of the unions that JSON schemas in CustomResourceDefinitions have. */
  | { readonly kind: 'json'; readonly message?: 'schemaOrArray' | 'schemaOrBool' | 'schemaOrStrings' }
  /** `message`: on the wire a message with the items, not a repeated field. */
  | { readonly kind: 'list'; readonly of: TypeRef; readonly message?: true }
  | { readonly kind: 'map'; readonly of: TypeRef }
  | { readonly kind: 'struct'; readonly name: string };

export type LeafKind =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'float'
  | 'bytes'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'rawExtension'
  | 'fieldsV1';

export interface Schema {
  /** undefined for a kind that the table does not know (custom resources). Options are of every group, Status and Table of every built-in one. */
  typeOf: (group: string, version: string, kind: string) => StructType | undefined;
  /** Throws for a name that no TypeRef gave. */
  structNamed: (name: string) => StructType;
  structNames: () => string[];
  /** Kinds by `group/version` (`v1` for the core group). */
  kindsOf: (groupVersion: string) => ReadonlyMap<string, string>;
  /** The struct's name in OpenAPI, such as `io.k8s.api.core.v1.PodSpec`. */
  modelName: (struct: string) => string;
}

const COMMON = 'meta.k8s.io/v1';
// Also of groups that custom resources make, whose own kinds may be called Status or Table.
const OF_EVERY_GROUP = /^(Create|Update|Patch|Delete|Get|List)Options$/;

interface Table {
  models: Record<string, string>;
  kinds: Record<string, Record<string, string>>;
  structs: Record<string, Row>;
}

const schema = openSchema(table as unknown as Table);
export const { typeOf, structNamed, structNames, kindsOf, modelName } = schema;

export function groupVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

// Structs are read when they are first asked for: a cold start needs a few of six hundred.
function openSchema({ models, kinds, structs }: Table): Schema {
  const kindMaps = new Map(Object.entries(kinds).map(([groupVersion, names]) => [groupVersion, new Map(Object.entries(names))]));
  const none: ReadonlyMap<string, string> = new Map();
  const opened = new Map<string, StructType>();

  const structNamed = (name: string): StructType => {
    const known = opened.get(name);
    if (known) return known;
    const row = structs[name];
    if (!row) throw new Error(`no struct ${name} in the schema table`);
    const struct = readStruct(name, row, structNamed);
    opened.set(name, struct);
    return struct;
  };

  return {
    typeOf(group, version, kind) {
      const own = kindMaps.get(groupVersionOf(group, version));
      const name = own?.get(kind) ?? (own || OF_EVERY_GROUP.test(kind) ? kindMaps.get(COMMON)?.get(kind) : undefined);
      return name === undefined ? undefined : structNamed(name);
    },
    structNamed,
    structNames: () => Object.keys(structs),
    kindsOf: (groupVersion) => kindMaps.get(groupVersion) ?? none,
    modelName(struct) {
      const dot = struct.indexOf('.');
      return `${models[struct.slice(0, dot)] ?? struct.slice(0, dot)}${struct.slice(dot)}`;
    },
  };
}
