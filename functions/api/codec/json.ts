import { JsonReader, type JsonDocument } from './json-reader.ts';
import { NumberLiteral } from './number-literal.ts';

/**
 * JSON as Kubernetes reads and writes it. The language's own parser loses what an API server must keep or report: integers beyond
 * 2^53, repeated keys, `__proto__` as plain data, and how a number was written.
 */

/** Integers come as number, or as bigint where a number would round; of a repeated key the last holds. */
export function parseJson(source: Uint8Array | string): unknown {
  return new JsonReader(textOf(source), { exact: false }).document().value;
}

/** The exact reading that typed decoding needs: literals kept, repetitions recorded. */
export function readJson(source: Uint8Array | string): JsonDocument {
  return new JsonReader(textOf(source), { exact: true }).document();
}

export function encodeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return write(value); // the native writer refuses bigint
  }
}

export function encodeJsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(encodeJson(value));
}

/** A byte order mark is kept, to be refused like any other stray character. */
export function textOf(source: Uint8Array | string): string {
  return typeof source === 'string' ? source : new TextDecoder('utf-8', { ignoreBOM: true }).decode(source);
}

function write(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof NumberLiteral) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}
