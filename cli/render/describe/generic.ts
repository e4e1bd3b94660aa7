import type { KubeObject } from '#api/object';
import { type Entry, part } from './layout.ts';
import { metadataEntries } from './metadata.ts';

// Said by the metadata's own entries, or by nobody.
const SAID = ['apiVersion', 'kind', 'metadata'];

/** Any object: its fields as a tree, in words. What is secret is shown by its size. */
export function genericEntries(object: KubeObject, nowMs: number): Entry[] {
  const fields = Object.entries(object).filter(([name]) => !SAID.includes(name));
  const shown = object.kind === 'Secret' ? fields.map(([name, value]) => [name, name === 'data' ? sizes(value as Record<string, string>) : value] as const) : fields;
  return [...metadataEntries(object, nowMs), ['API Version', object.apiVersion ?? ''], ['Kind', object.kind ?? ''], ...shown.flatMap(([name, value]) => fieldEntries(name, value))];
}

function fieldEntries(name: string, value: unknown): Entry[] {
  const label = titled(name);
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.every((item) => typeof item !== 'object') ? [[label, value.map(String)]] : value.map((item, i): Entry => [`${label} ${i + 1}`, part(objectEntries(item as object))]);
  if (typeof value === 'object') return [[label, part(objectEntries(value))]];
  return [[label, typeof value === 'string' ? value : JSON.stringify(value)]];
}

function objectEntries(value: object): Entry[] {
  return Object.entries(value).flatMap(([name, field]) => fieldEntries(name, field));
}

// `restartPolicy` is Restart Policy; a key that is no field name stays as it is.
function titled(name: string): string {
  if (!/^[a-z][A-Za-z]*$/.test(name)) return name;
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/^./, (letter) => letter.toUpperCase());
}

function sizes(data: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(data ?? {}).map(([name, value]) => [name, `${Buffer.from(value, 'base64').length} bytes`]));
}
