import { isObject } from '#api/patch/json-tree';

/**
 * How values of a type are merged and owned: as one, or by their parts. The built-in kinds' types come from the schema table
 * (`schema-types.ts`); those of custom resources can be made from their own schemas in the same terms.
 */
export type MergeType = ScalarType | ListType | MapType | typeof DEDUCED;

export interface ScalarType {
  readonly kind: 'scalar';
  readonly of: 'string' | 'numeric' | 'boolean' | 'any';
}

export interface ListType {
  readonly kind: 'list';
  /** `map`: its items are told apart by `keys`; `set`: by their values. */
  readonly list: 'atomic' | 'set' | 'map';
  readonly keys: readonly string[];
  readonly element: MergeType;
}

/** A struct (with `field`), a map (with `element`), or both. */
export interface MapType {
  readonly kind: 'map';
  readonly atomic: boolean;
  field(name: string): MapField | undefined;
  readonly element: MergeType | undefined;
  /** Fields that Go writes as null when they are not set, and which we leave out. */
  readonly impliedNulls: readonly string[];
}

export interface MapField {
  readonly type: MergeType;
  readonly default?: unknown;
}

/** Nothing is known of it: what it is, its value tells. */
export const DEDUCED = { kind: 'deduced' } as const;

const ANY: ScalarType = { kind: 'scalar', of: 'any' };
const DEDUCED_LIST: ListType = { kind: 'list', list: 'atomic', keys: [], element: DEDUCED };
const DEDUCED_MAP: MapType = { kind: 'map', atomic: false, field: () => undefined, element: DEDUCED, impliedNulls: [] };

export type KnownType = Exclude<MergeType, typeof DEDUCED>;

/** The type of a value, told by the value itself where nothing else tells. */
export function typeOfValue(type: MergeType, value: unknown): KnownType {
  if (type.kind !== 'deduced') return type;
  if (Array.isArray(value)) return DEDUCED_LIST;
  return isObject(value) ? DEDUCED_MAP : ANY;
}

/** Of two values that may differ in form; undefined where they do. */
export function typeOfBoth(type: MergeType, left: unknown, right: unknown): KnownType | undefined {
  if (left === undefined || left === null) return typeOfValue(type, right);
  const known = typeOfValue(type, left);
  return right === undefined || right === null || known === typeOfValue(type, right) ? known : undefined;
}

/** Owned and replaced as one. An empty list or map has no parts: it is kept apart from a missing one. */
export function isOneValue(type: KnownType, left: unknown, right: unknown): boolean {
  if (type.kind === 'scalar') return true;
  if (type.kind === 'list') return type.list === 'atomic' || (items(left).length === 0 && items(right).length === 0);
  return type.atomic || (isBare(left) && isBare(right));
}

function isBare(value: unknown): boolean {
  return !isObject(value) || Object.keys(value).length === 0;
}

export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function memberType(type: MapType, name: string): MergeType | undefined {
  return type.field(name)?.type ?? type.element;
}
