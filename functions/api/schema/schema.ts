import table from './table.generated.json' with { type: 'json' };
import { readStruct, type Row } from './row.ts';
import type { StructType } from './struct-type.ts';

/**
 * What Kubernetes' Go types say, of every kind that is served: one reading of the generated table for JSON decoding, defaulting,
 * validation, patches, server-side apply, protobuf and OpenAPI. Facts only; nothing here knows a kind by name.
 */
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
