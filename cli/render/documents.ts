import { stringify } from 'yaml';
import type { KubeObject } from '#api/object';

/** Objects as documents, in kubectl's form: fields in the order of the alphabet, without the bookkeeping of who manages what. */
export function renderDocument(format: 'json' | 'yaml', value: unknown): string {
  const sorted = sortFields(value);
  return format === 'json' ? `${asGoWrites(JSON.stringify(sorted, null, 4))}\n` : stringify(sorted, { version: '1.1', lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false });
}

/** What a command answers: as a document where one was asked for, else in its own words. */
export function renderAnswer(output: 'text' | 'json' | 'yaml', value: unknown, words: () => string): string {
  return output === 'text' ? words() : renderDocument(output, value);
}

/** Several objects as one document. */
export function listOf(items: readonly KubeObject[]): object {
  return { apiVersion: 'v1', items: items.map(withoutManagedFields), kind: 'List', metadata: { resourceVersion: '' } };
}

export function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sortFields(field)]));
}

// Go's encoder escapes what would end a script in a page of HTML.
function asGoWrites(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
