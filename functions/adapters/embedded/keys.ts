/**
 * Binary keys: a partition goes by its number (4 bytes), so that keys stay short of LMDB's limit and all that belongs to a
 * partition lies together; names follow as UTF-8, which gives the order of the port.
 */
const PARTITION_BYTES = 4;

/** LMDB's limit with 4 KiB pages. */
export const MAX_KEY_BYTES = 1978;

export interface Range {
  start: Buffer;
  end: Buffer;
}

export function itemKey(partition: number, key: string): Buffer {
  return numbered(partition, Buffer.from(key));
}

/** Says when it was written, so that trimming reads no entries. */
export function logKey(partition: number, revision: number, atSeconds: number): Buffer {
  const bytes = numbered(partition, Buffer.alloc(12));
  bytes.writeBigUInt64BE(BigInt(revision), PARTITION_BYTES);
  bytes.writeUInt32BE(atSeconds, PARTITION_BYTES + 8);
  return bytes;
}

export function logRangeAfter(partition: number, revision: number): Range {
  return { start: logKey(partition, revision + 1, 0), end: partitionRange(partition).end };
}

/** Entries of one term, in the order of the keys they lead to. No name contains a NUL, so that none is another's prefix. */
export function indexKey(partition: number, index: string, term: string, key: string): Buffer {
  return numbered(partition, Buffer.from(`${index}\0${term}\0${key}`));
}

/** Sorted by the second in which something is due. */
export function dueKey(dueSeconds: number, of: Buffer): Buffer {
  return numbered(dueSeconds, of);
}

export function dueOf(key: Buffer): { dueSeconds: number; of: Buffer } {
  return { dueSeconds: key.readUInt32BE(0), of: key.subarray(PARTITION_BYTES) };
}

export function partitionNumberOf(key: Buffer): number {
  return key.readUInt32BE(0);
}

export function nameOf(key: Buffer): string {
  return key.toString('utf8', PARTITION_BYTES);
}

export function logKeyParts(key: Buffer): { revision: number; atSeconds: number } {
  return { revision: Number(key.readBigUInt64BE(PARTITION_BYTES)), atSeconds: key.readUInt32BE(PARTITION_BYTES + 8) };
}

export function partitionRange(partition: number): Range {
  return prefixRange(numbered(partition, Buffer.alloc(0)));
}

export function prefixRange(start: Buffer): Range {
  const last = start.findLastIndex((byte) => byte < 0xff);
  const end = Buffer.from(start.subarray(0, last + 1));
  end.writeUInt8((start[last] ?? 0) + 1, last);
  return { start, end };
}

/** What of a range lies behind a key. */
export function behind(range: Range, key: Buffer): Range {
  const next = Buffer.concat([key, Buffer.from([0])]);
  return Buffer.compare(next, range.start) > 0 ? { start: next, end: range.end } : range;
}

function numbered(number: number, rest: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(PARTITION_BYTES + rest.byteLength);
  bytes.writeUInt32BE(number, 0);
  rest.copy(bytes, PARTITION_BYTES);
  return bytes;
}
