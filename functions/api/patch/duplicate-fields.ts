import type { JsonDocument } from '#api/codec/json-reader';
import { isObject } from './json-tree.ts';

/** `duplicate field "data.a"` for every repeated key below a value, in the order of the document. */
export function duplicateFields(document: JsonDocument): string[] {
  return document.repeated.size === 0 ? [] : duplicatesBelow(document.value, '', document.repeated);
}

export function duplicatesBelow(value: unknown, path: string, repeated: JsonDocument['repeated']): string[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => duplicatesBelow(item, `${path}[${i}]`, repeated));
  if (!isObject(value)) return [];
  const seen = new Set<string>();
  return (repeated.get(value) ?? Object.entries(value)).flatMap(([key, member]) => {
    const here = path === '' ? key : `${path}.${key}`;
    const duplicate = seen.has(key) ? [`duplicate field ${JSON.stringify(here)}`] : [];
    seen.add(key);
    return [...duplicate, ...duplicatesBelow(member, here, repeated)];
  });
}
