/** What Kubernetes' Go types say of one struct. */
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
