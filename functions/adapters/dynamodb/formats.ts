import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { MAX_COMMIT_BYTES } from '#ports/table';
import dictionary1 from './dictionary-1.json' with { type: 'json' };

/**
 * How a value's bytes are stored. Every item names its format, and with it the dictionary, so that what was written stays readable: a format is
 * never changed, another one is added. The first dictionary is one object of each kind as the store has it, the commonest last, without the names
 * and without what stands in another of them.
 */
export type Format = 'raw' | 'deflate-1';

export interface EncodedValue {
  readonly format: Format;
  readonly bytes: Uint8Array;
}

// Smaller ones fit their units as they are, the value that they replace beside them.
const SMALL_BYTES = 256;
const DICTIONARY_1 = Buffer.from(dictionary1.join(''));

export function encodeValue(value: Uint8Array): EncodedValue {
  const raw: EncodedValue = { format: 'raw', bytes: value };
  if (value.byteLength <= SMALL_BYTES) return raw;
  const bytes = deflateRawSync(value, { dictionary: DICTIONARY_1 });
  return bytes.byteLength < value.byteLength ? { format: 'deflate-1', bytes } : raw;
}

export function decodeValue({ format, bytes }: EncodedValue): Uint8Array {
  switch (format) {
    case 'raw':
      return bytes;
    case 'deflate-1':
      return inflateRawSync(bytes, { dictionary: DICTIONARY_1, maxOutputLength: MAX_COMMIT_BYTES });
    default:
      throw new Error(`a value in the format ${String(format)}, which this version does not read: a later one wrote it`);
  }
}
