import type { Field, LeafKind, MessageField, StructType, TypeRef } from './struct-type.ts';

/** A struct as `table.generated.json` has it (written by test/generate/table.go): 1 when atomic, then its fields. */
export type Row = [number, ...RowField[]];
export type RowField = [name: string, type: string, flags: number, protobuf: number, rare?: RareFacts];

interface RareFacts {
  s?: string; // patchStrategy
  k?: string; // patchMergeKey
  l?: 'map' | 'set';
  m?: string[]; // listMapKeys
  a?: 'atomic' | 'granular';
  d?: string | number | boolean; // default
  w?: 'items' | 'schemaOrArray' | 'schemaOrBool' | 'schemaOrStrings'; // a message where JSON has none
  e?: string[]; // enum
}

const OMIT_EMPTY = 1;
const POINTER = 2;
const OMIT_ZERO = 4;
const REQUIRED = 8;
const EMBEDDED = 16;

export function readStruct(name: string, [atomic, ...rows]: Row, structNamed: (name: string) => StructType): StructType {
  const fields = new Map<string, Field>();
  const message: MessageField[] = [];
  for (const row of rows) {
    const field = readField(row);
    const embedded = (row[2] & EMBEDDED) !== 0;
    if (embedded) for (const [inner, innerField] of embeddedFields(field, structNamed)) fields.set(inner, innerField);
    else fields.set(field.name, field);
    if (field.protobuf !== undefined) message.push({ number: field.protobuf, field, embedded });
  }
  message.sort((a, b) => a.number - b.number);
  return { name, fields, message, atomic: atomic === 1 };
}

function embeddedFields(field: Field, structNamed: (name: string) => StructType): ReadonlyMap<string, Field> {
  if (field.type.kind !== 'struct') throw new Error('only structs are embedded');
  return structNamed(field.type.name).fields;
}

function readField([name, type, flags, protobuf, rare = {}]: RowField): Field {
  return {
    name,
    type: typeRef(type, rare.w),
    optional: (flags & (OMIT_EMPTY | OMIT_ZERO | POINTER)) !== 0,
    pointer: (flags & POINTER) !== 0,
    omitZero: (flags & OMIT_ZERO) !== 0,
    required: (flags & REQUIRED) !== 0,
    ...(protobuf > 0 && { protobuf }),
    ...(rare.s !== undefined && { patchStrategy: rare.s }),
    ...(rare.k !== undefined && { patchMergeKey: rare.k }),
    ...(rare.l && { listType: rare.l }),
    ...(rare.m && { listMapKeys: rare.m }),
    ...(rare.a && { mapType: rare.a }),
    ...(rare.d !== undefined && { default: rare.d }),
    ...(rare.e && { enum: rare.e }),
  };
}

// `[]string`, `{}quantity`, `[]core/v1.Container`; `[!]string` is a list that is a message.
function typeRef(text: string, message?: RareFacts['w']): TypeRef {
  if (text.startsWith('{}')) return { kind: 'map', of: typeRef(text.slice(2), message) };
  if (text.startsWith('[!]')) return { kind: 'list', of: typeRef(text.slice(3)), message: true };
  if (text.startsWith('[]')) return message === 'items' ? { kind: 'list', of: typeRef(text.slice(2)), message: true } : { kind: 'list', of: typeRef(text.slice(2), message) };
  if (text.includes('.')) return { kind: 'struct', name: text };
  if (text === 'json') return message === undefined || message === 'items' ? { kind: 'json' } : { kind: 'json', message };
  return { kind: text as LeafKind };
}
