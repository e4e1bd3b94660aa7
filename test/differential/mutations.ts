import { structNamed, typeOf } from '#api/schema/schema';
import type { StructType, TypeRef } from '#api/schema/struct-type';
import { seeded, type Random } from './random.ts';
import type { Sample } from './samples.ts';

/** One request of the corpus: a valid object with one mistake (or a harmless change) in it. */
export interface Mutation {
  sample: Sample;
  /** What was done, for people: `drop spec.containers[0].name`. */
  description: string;
  body: string;
}

/** A place in an object, with what the schema table says of it. */
interface Site {
  path: Step[];
  type: TypeRef;
  within: 'struct' | 'list' | 'map';
}

type Step = string | number;
type Operation = 'drop' | 'retype' | 'range' | 'unknown' | 'duplicate';

// What only the kind's own rules can tell is drawn more often than what decoding refuses.
const OPERATIONS: readonly Operation[] = ['drop', 'drop', 'retype', 'range', 'range', 'range', 'range', 'range', 'unknown', 'duplicate', 'duplicate'];
const IDENTITY = new Set(['apiVersion', 'kind']);
// The largest have more than a thousand sites, most of them in the pod template that others have too.
const MAX_TURNS = 8;

export function mutationsOf(samples: Sample[], options: { seed: number; count: number }): Mutation[] {
  const random = seeded(options.seed);
  // Each sample in its turn, large ones more often.
  const turns = samples.flatMap((sample) => {
    const sites = sitesOf(sample).filter(({ path }) => !isLeftAlone(String(path[0]), sample));
    return Array.from({ length: sites.length === 0 ? 0 : Math.min(Math.ceil(sites.length / 15), MAX_TURNS) }, () => ({ sample, sites }));
  });
  return Array.from({ length: options.count }, (_, i) => mutate(turns[i % turns.length] as Turn, random));
}

// A status that a creator sends is decoded and dropped, but for that of a Node.
function isLeftAlone(field: string, { resource }: Sample): boolean {
  return IDENTITY.has(field) || (field === 'status' && resource.kind !== 'Node');
}

interface Turn {
  sample: Sample;
  sites: Site[];
}

function mutate({ sample, sites }: Turn, random: Random): Mutation {
  const operation = random.pick(OPERATIONS);
  const site = random.pick(operation === 'unknown' ? sites.filter(({ type }) => type.kind === 'struct') : sites);
  const object = structuredClone(sample.object) as unknown as Record<string, unknown>;
  const body = APPLY[operation]({ object, site, random });
  return { sample, description: `${operation} ${textOf(site.path)} of ${sample.resource.kind} ${sample.object.metadata.name ?? ''}`, body };
}

interface Change {
  object: Record<string, unknown>;
  site: Site;
  random: Random;
}

const APPLY: Record<Operation, (change: Change) => string> = {
  drop: ({ object, site }) => {
    const parent = parentOf(object, site.path);
    const last = site.path.at(-1) as Step;
    if (Array.isArray(parent)) parent.splice(last as number, 1);
    else delete parent[last];
    return JSON.stringify(object);
  },
  retype: ({ object, site, random }) => {
    const wrong: unknown[] = ['text', 7, true, ['x'], { x: 'y' }, 1.5].filter((value) => kindOf(value) !== kindOf(valueAt(object, site.path)));
    set(object, site.path, random.pick(wrong));
    return JSON.stringify(object);
  },
  range: ({ object, site, random }) => {
    set(object, site.path, random.pick(extremes(site.type, valueAt(object, site.path))));
    return JSON.stringify(object);
  },
  unknown: ({ object, site }) => {
    set(object, site.path, { ...(valueAt(object, site.path) as object), unheardOf: 'x' });
    return JSON.stringify(object);
  },
  // An element twice, or a key twice.
  duplicate: ({ object, site }) => {
    const parent = parentOf(object, site.path);
    if (!Array.isArray(parent)) return withRepeatedKey(object, site.path);
    parent.push(structuredClone(valueAt(object, site.path)));
    return JSON.stringify(object);
  },
};

// Values of the right type that hardly any field takes.
function extremes(type: TypeRef, value: unknown): unknown[] {
  switch (type.kind) {
    case 'int32':
    case 'int64':
      return [-1, 0, 1, 70000, 2 ** 31 - 1, ...(type.kind === 'int64' ? [2 ** 40] : [2 ** 31])];
    case 'intOrString':
      return [-1, 0, 70000, '', '110%', 'a_b', 'no-such-name'];
    case 'bool':
      return [value !== true];
    case 'quantity':
      return ['-1', '0', '1.5', '1e9', 'x', '100Ei', '1n'];
    case 'time':
    case 'microTime':
      return ['yesterday', '2026-01-01', '0001-01-01T00:00:00Z'];
    case 'list':
      return [[]];
    case 'map':
      return [{}, ...(type.of.kind === 'string' ? [{ 'a b': 'c' }, { a: 'b c' }, { ok: 'fine' }, { 'a/b/c': 'd' }] : [])];
    case 'struct':
      return [{}];
    default:
      return ['', 'Nope', 'A_b!', 'x'.repeat(64), 'x'.repeat(300), '../up', '/absolute', ' padded', 'ok-name'];
  }
}

function sitesOf({ resource: { group, version, kind }, object }: Sample): Site[] {
  const struct = typeOf(group, version, kind);
  if (!struct) throw new Error(`no struct for ${kind}`);
  return fieldsOf(object, struct, []);
}

function fieldsOf(value: unknown, struct: StructType, path: Step[]): Site[] {
  return Object.entries((value ?? {}) as Record<string, unknown>).flatMap(([name, inner]) => {
    const field = struct.fields.get(name);
    return field ? siteAndBelow(inner, { path: [...path, name], type: field.type, within: 'struct' }) : [];
  });
}

function siteAndBelow(value: unknown, site: Site): Site[] {
  const { type, path } = site;
  if (type.kind === 'struct') return [site, ...fieldsOf(value, structNamed(type.name), path)];
  if (type.kind === 'list') return [site, ...(value as unknown[]).flatMap((item, i) => siteAndBelow(item, { path: [...path, i], type: type.of, within: 'list' }))];
  if (type.kind === 'map') return [site, ...Object.entries(value as object).flatMap(([key, item]) => siteAndBelow(item, { path: [...path, key], type: type.of, within: 'map' }))];
  return [site];
}

function valueAt(object: unknown, path: Step[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<Step, unknown>)[step], object);
}

function parentOf(object: unknown, path: Step[]): Record<Step, unknown> | unknown[] {
  return valueAt(object, path.slice(0, -1)) as Record<Step, unknown>;
}

function set(object: unknown, path: Step[], value: unknown): void {
  (parentOf(object, path) as Record<Step, unknown>)[path.at(-1) as Step] = value;
}

function withRepeatedKey(object: unknown, path: Step[]): string {
  const key = JSON.stringify(path.at(-1));
  const marker = '\u0001again';
  const copy = structuredClone(object);
  const parent = parentOf(copy, path) as Record<string, unknown>;
  parent[marker] = valueAt(copy, path);
  return JSON.stringify(copy).replace(JSON.stringify(marker), key);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

function textOf(path: Step[]): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('').slice(1);
}
