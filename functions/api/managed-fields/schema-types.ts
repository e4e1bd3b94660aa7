import { structNamed } from '#api/schema/schema';
import type { Field, StructType, TypeRef } from '#api/schema/struct-type';
import { DEDUCED, type ListType, type MapField, type MapType, type MergeType, type ScalarType } from './merge-type.ts';

/** Merge types of the built-in kinds, read from the schema table as they are first needed. */
export const mergeTypeOf = openTypes();

function openTypes(): (struct: StructType) => MapType {
  const opened = new Map<StructType, MapType>();
  const mergeType = (struct: StructType): MapType => {
    const known = opened.get(struct);
    if (known) return known;
    const type = structType(struct, mergeType);
    opened.set(struct, type);
    return type;
  };
  return mergeType;
}

type TypeOfStruct = (struct: StructType) => MapType;

function structType(struct: StructType, typeOfStruct: TypeOfStruct): MapType {
  const fields = new Map<string, MapField>();
  return {
    kind: 'map',
    atomic: struct.atomic,
    element: struct.fields.size === 0 ? DEDUCED : undefined,
    impliedNulls: [...struct.fields.values()].filter(isImpliedNull).map(({ name }) => name),
    field(name) {
      const field = struct.fields.get(name);
      if (!field) return undefined;
      const known = fields.get(name) ?? mapField(field, typeOfStruct);
      fields.set(name, known);
      return known;
    },
  };
}

// To Go they are structs, which omitempty does not leave out.
function isImpliedNull({ type, pointer, omitZero }: Field): boolean {
  return !pointer && !omitZero && (type.kind === 'time' || type.kind === 'microTime' || type.kind === 'rawExtension');
}

function mapField(field: Field, typeOfStruct: TypeOfStruct): MapField {
  const type = fieldType(field, typeOfStruct);
  const value = field.default ?? (field.optional ? undefined : ZEROS[field.type.kind]);
  return { type, ...(value !== undefined && { default: value }) };
}

const ZEROS: Partial<Record<TypeRef['kind'], unknown>> = { string: '', bool: false, int32: 0, int64: 0, float: 0 };

function fieldType({ type, listType, listMapKeys = [], mapType }: Field, typeOfStruct: TypeOfStruct): MergeType {
  const own = typeOfRef(type, typeOfStruct);
  if (own.kind === 'list') return { ...own, list: listType ?? 'atomic', keys: listMapKeys };
  if (own.kind === 'map' && mapType !== undefined) return { ...own, atomic: mapType === 'atomic' };
  return own;
}

const SCALARS = {
  string: { kind: 'scalar', of: 'string' },
  bytes: { kind: 'scalar', of: 'string' },
  bool: { kind: 'scalar', of: 'boolean' },
  int32: { kind: 'scalar', of: 'numeric' },
  int64: { kind: 'scalar', of: 'numeric' },
  float: { kind: 'scalar', of: 'numeric' },
  time: { kind: 'scalar', of: 'any' },
  microTime: { kind: 'scalar', of: 'any' },
} as const satisfies Partial<Record<TypeRef['kind'], ScalarType>>;

function typeOfRef(type: TypeRef, typeOfStruct: TypeOfStruct): MergeType {
  switch (type.kind) {
    case 'struct':
      return typeOfStruct(structNamed(type.name));
    case 'list':
      return { kind: 'list', list: 'atomic', keys: [], element: typeOfRef(type.of, typeOfStruct) } satisfies ListType;
    case 'map':
      return { kind: 'map', atomic: false, field: () => undefined, element: typeOfRef(type.of, typeOfStruct), impliedNulls: [] } satisfies MapType;
    case 'quantity':
    case 'intOrString':
    case 'json':
    case 'rawExtension':
    case 'fieldsV1':
      return DEDUCED;
    default:
      return SCALARS[type.kind];
  }
}
