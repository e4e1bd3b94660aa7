import type { StructType, TypeRef } from '#api/schema/struct-type';
import { structNamed } from '#api/schema/schema';

// Of every object, and the walk of the metadata is the store's own matter.
const COMMON = ['apiVersion', 'kind', 'metadata'];

/** Every path that an object of the type can set, with `[]` for elements of lists and `{}` for values of maps; a struct inside itself is not gone into again. */
export function pathsOf(struct: StructType): string[] {
  return [...struct.fields.values()].filter(({ name }) => !COMMON.includes(name)).flatMap(({ name, type }) => pathsOfType(type, name, [struct.name]));
}

function pathsOfType(type: TypeRef, path: string, inside: string[]): string[] {
  if (type.kind === 'list') return pathsOfType(type.of, `${path}[]`, inside);
  if (type.kind === 'map') return pathsOfType(type.of, `${path}{}`, inside);
  if (type.kind !== 'struct') return [path];
  if (inside.includes(type.name)) return [];
  return [...structNamed(type.name).fields.values()].flatMap((field) => pathsOfType(field.type, `${path}.${field.name}`, [...inside, type.name]));
}

/** The paths that an object sets, in the same form: what a struct inside itself sets counts as set by the outer one. */
export function pathsSetBy(object: object, struct: StructType): Set<string> {
  const found = new Set<string>();
  const inside = new Map([[struct.name, '']]);
  for (const { name, type } of struct.fields.values()) if (!COMMON.includes(name)) collect((object as Record<string, unknown>)[name], type, { path: name, inside, found });
  return found;
}

interface Walk {
  path: string;
  /** Where each struct that this is in began. */
  inside: ReadonlyMap<string, string>;
  found: Set<string>;
}

function collect(value: unknown, type: TypeRef, { path, inside, found }: Walk): void {
  if (value === undefined || value === null) return;
  if (type.kind === 'list') for (const element of value as unknown[]) collect(element, type.of, { path: `${path}[]`, inside, found });
  else if (type.kind === 'map') for (const element of Object.values(value)) collect(element, type.of, { path: `${path}{}`, inside, found });
  else if (type.kind !== 'struct') found.add(path);
  else {
    const from = inside.get(type.name) ?? path;
    const within = new Map([...inside, [type.name, from]]);
    for (const field of structNamed(type.name).fields.values()) collect((value as Record<string, unknown>)[field.name], field.type, { path: `${from}.${field.name}`, inside: within, found });
  }
}
