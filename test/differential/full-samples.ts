import type { ApiResource } from '#api/resource';
import { RESOURCES } from '#api/resources';
import { groupVersionOf, structNamed, typeOf } from '#api/schema/schema';
import type { Field, LeafKind, StructType, TypeRef } from '#api/schema/struct-type';
import mends from './full-values.json' with { type: 'json' };
import { NAMESPACE, type Sample } from './samples.ts';

// Objects with every field of their type set, drawn from the schema table. A type knows no values that the kind's own rules demand, and no
// fields that exclude each other: `full-values.json` says both, by struct, until the real API server takes the object.

type Json = unknown;
interface Mends {
  /** By struct and field, or by resource and path: the value. `{n}` in a string is the variant's number; `{"each": [...]}` has one for each variant, null where it is to be made. */
  values: Record<string, Json>;
  /** By struct: each group of fields is set in a variant of its own. Elements of a list are one of each variant. */
  variants: Record<string, string[][]>;
  /** By struct and field, or by resource and path: why no sample sets it. */
  unset: Record<string, string>;
  /** The same for what only a sample written by hand can set. */
  byHand: Record<string, string>;
}
const { values, variants, unset, byHand } = mends as Mends;

/** Where a value is being made. */
interface Place {
  variant: number;
  /** The same place as seen from the resource, and from each struct that it is in: `apps/v1/Deployment:spec.template.spec`, `core/v1.PodTemplateSpec.spec`. */
  paths: readonly string[];
  inside: readonly string[];
}

export function fullSamples(): Sample[] {
  return RESOURCES.filter(({ verbs }) => verbs.includes('update')).flatMap(samplesOf);
}

function samplesOf(resource: ApiResource): Sample[] {
  const { group, version, kind } = resource;
  const struct = structOf(resource);
  const root = rootOf(resource);
  return Array.from({ length: variantsOfStruct(struct, { variant: 0, paths: [root], inside: [] }) }, (_, variant) => {
    const fields = fullStruct(struct, { variant, paths: [root], inside: [] });
    const name = String(numbered(values[`${root}name`] ?? `full-${version}-${kind.toLowerCase()}-{n}`, variant));
    return { resource, object: { apiVersion: groupVersionOf(group, version), kind, metadata: { name, ...(resource.namespaced && { namespace: NAMESPACE }) }, ...fields } };
  });
}

export function structOf({ group, version, kind }: ApiResource): StructType {
  const struct = typeOf(group, version, kind);
  if (!struct) throw new Error(`no type for ${kind}`);
  return struct;
}

/** Why no sample sets a path of a resource: said of it, of what it is in, or of the field in the struct that has it. */
export function whyUnset(resource: ApiResource, path: string): string | undefined {
  let place: string[] = [rootOf(resource)];
  let type: TypeRef = { kind: 'struct', name: structOf(resource).name };
  for (const part of path.split('.')) {
    const struct = structNamed(type.kind === 'struct' ? type.name : '');
    const name = part.replace(/(\[\]|\{\})+$/, '');
    const field = struct.fields.get(name);
    if (!field) return undefined;
    place = pathsTo(struct, field, { variant: 0, paths: place, inside: [] });
    const reason = place.map((known) => unset[known]).find((text) => text !== undefined);
    if (reason !== undefined) return reason;
    type = field.type;
    for (let level = part.slice(name.length); level !== ''; level = level.slice(2)) {
      place = place.map((known) => `${known}${level.slice(0, 2)}`);
      if (type.kind === 'list' || type.kind === 'map') type = type.of;
    }
  }
  return undefined;
}

function rootOf({ group, version, kind }: ApiResource): string {
  return `${groupVersionOf(group, version)}/${kind}:`;
}

function fullStruct(struct: StructType, place: Place): Record<string, Json> {
  const object: Record<string, Json> = {};
  for (const field of struct.fields.values()) {
    const paths = pathsTo(struct, field, place);
    if (isOwnMetadata(field, place) || !isInVariant(struct, field, place.variant) || isLeftOut(paths)) continue;
    const value = mendedValue(paths, place.variant) ?? fullValue(field.type, field, { ...place, paths, inside: [...place.inside, struct.name] });
    if (value !== undefined) object[field.name] = value;
  }
  return object;
}

function pathsTo(struct: StructType, { name }: Field, { paths }: Place): string[] {
  return [...paths.map((path) => (path.endsWith(':') ? `${path}${name}` : `${path}.${name}`)), `${struct.name}.${name}`];
}

function isOwnMetadata({ name }: Field, { inside }: Place): boolean {
  return inside.length === 0 && ['apiVersion', 'kind', 'metadata'].includes(name);
}

function isLeftOut(paths: string[]): boolean {
  return paths.some((path) => unset[path] !== undefined || byHand[path] !== undefined);
}

function mendedValue(paths: string[], variant: number): Json {
  const mended = paths.find((path) => values[path] !== undefined);
  return mended === undefined ? undefined : numbered(values[mended], variant);
}

function isInVariant({ name }: StructType, field: Field, variant: number): boolean {
  const groups = variants[name];
  if (!groups?.some((group) => group.includes(field.name))) return true;
  return groups[variant % groups.length]?.includes(field.name) === true;
}

// How many objects it takes to set each field once, where fields exclude each other.
function variantsOfStruct(struct: StructType, place: Place): number {
  if (place.inside.includes(struct.name)) return 1;
  const nested = [...struct.fields.values()].map((field) => {
    const paths = pathsTo(struct, field, place);
    if (field.type.kind !== 'struct' || isOwnMetadata(field, place) || isLeftOut(paths) || paths.some((path) => values[path] !== undefined)) return 1;
    return variantsOfStruct(structNamed(field.type.name), { ...place, paths, inside: [...place.inside, struct.name] });
  });
  return Math.max(variants[struct.name]?.length ?? 1, ...nested);
}

function numbered(value: Json, variant: number): Json {
  if (isEach(value)) return value.each[variant % value.each.length] ?? undefined;
  return JSON.parse(JSON.stringify(value).replaceAll('{n}', String(variant))) as Json;
}

function isEach(value: Json): value is { each: Json[] } {
  return typeof value === 'object' && value !== null && 'each' in value;
}

const LEAVES: Record<Exclude<LeafKind, 'string'>, Json> = {
  bool: true,
  int32: 7,
  int64: 7,
  float: 1.5,
  bytes: 'AAH/',
  quantity: '2',
  intOrString: 7,
  time: '2026-01-02T03:04:05Z',
  microTime: '2026-01-02T03:04:05.000006Z',
  rawExtension: { apiVersion: 'example.com/v1', kind: 'Any' },
  fieldsV1: { 'f:spec': {} },
};

function fullValue(type: TypeRef, field: Field, place: Place): Json {
  switch (type.kind) {
    case 'string':
      return field.enum?.find((value) => value !== '') ?? `a-${field.name.toLowerCase()}${place.variant > 0 ? `-${place.variant}` : ''}`;
    case 'json':
      return { any: 1 };
    case 'list':
      return fullList(type.of, field, { ...place, paths: place.paths.map((path) => `${path}[]`) });
    case 'map': {
      const elements = fullList(type.of, field, { ...place, paths: place.paths.map((path) => `${path}{}`) });
      return Object.fromEntries(elements.map((element, n) => [`key${n}`, element]));
    }
    case 'struct':
      return place.inside.includes(type.name) ? undefined : fullStruct(structNamed(type.name), place);
    default:
      return structuredClone(LEAVES[type.kind]);
  }
}

// One element of each variant; none of what is inside itself.
function fullList(of: TypeRef, field: Field, place: Place): Json[] {
  if (of.kind === 'struct' && place.inside.includes(of.name)) return [];
  const count = of.kind === 'struct' ? variantsOfStruct(structNamed(of.name), place) : 1;
  return Array.from({ length: count }, (_, variant) => fullValue(of, field, { ...place, variant }));
}
