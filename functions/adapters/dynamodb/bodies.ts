import { PortError } from '#ports/errors';
import type { Partition, Revision } from '#ports/table';
import { seconds } from './counter.ts';
import type { Dynamo } from './dynamo.ts';
import { decodeValue, type EncodedValue } from './formats.ts';
import { LOG_SECONDS, bodyKey, type Key, type StoredValue, type Version } from './layout.ts';

/**
 * A large value goes first into items of its own that never change, named by the revision that was reserved for it; then object and log
 * entry point there. So a value is never torn, is written once instead of twice and then again as `previous`, and may be larger than an item.
 */
interface BodyRecord extends Key {
  readonly type: 'body';
  readonly bytes: Uint8Array;
  readonly ttl?: number;
}

// Inline, an update pays for the new value twice and for the old one once more, each at a transaction's double price: 23 write units for 3 KB,
// against 8 with the value aside, and 3 when it is retired. At 800 bytes the entry with both still fits 2 KB.
const INLINE_BYTES = 800;
// An item takes 400 KB, names and keys included.
const PIECE_BYTES = 380_000;

export function isLarge({ bytes }: EncodedValue): boolean {
  return bytes.byteLength > INLINE_BYTES;
}

/** What object and entry are to say of the value: the bytes themselves, or how many pieces `writeBody` makes of them. */
export function storedBody(value: EncodedValue): Pick<StoredValue, 'format' | 'body' | 'pieces'> {
  const { format, bytes } = value;
  return { format, ...(isLarge(value) ? { pieces: Math.ceil(bytes.byteLength / PIECE_BYTES) } : { body: bytes }) };
}

export interface Body {
  partition: Partition;
  revision: Revision;
  value: EncodedValue;
  expiresAtSeconds: number | undefined;
}

/** What expires with its object has to outlive the log's entry too; all others are retired when they are replaced. */
export async function writeBody({ calls, clock }: Pick<Dynamo, 'calls' | 'clock'>, { partition, revision, value, expiresAtSeconds }: Body): Promise<void> {
  const life = expiresAtSeconds === undefined ? {} : { ttl: Math.max(expiresAtSeconds, seconds(clock.now()) + LOG_SECONDS) };
  const pieces = piecesOf(value).map((bytes, n): BodyRecord => ({ ...bodyKey(partition, revision, n), type: 'body', bytes, ...life }));
  const outcomes = await Promise.all(pieces.map((piece) => calls.put(piece)));
  // Committed all the same, the object would point to nothing, and no list that has it could ever be read again.
  if (outcomes.some((outcome) => outcome !== 'done')) throw new PortError('Unavailable', 'the value was not taken', { retryAfterSeconds: 1 });
}

/** The bytes of each version that has a value, by revision. `gone`: so long has passed since the versions were read that a replaced one has been swept. */
export async function readBodies({ calls }: Pick<Dynamo, 'calls'>, partition: Partition, versions: readonly Version[]): Promise<Map<Revision, Uint8Array> | 'gone'> {
  const bytes = new Map<Revision, Uint8Array>();
  const large = new Map<Revision, StoredValue>();
  for (const { rev, value } of versions) {
    if (value?.body) bytes.set(rev, decodeValue({ format: value.format, bytes: value.body }));
    else if (value) large.set(rev, value);
  }
  const keysOf = ([rev, { pieces = 0 }]: [Revision, StoredValue]): Key[] => Array.from({ length: pieces }, (_, n) => bodyKey(partition, rev, n));
  const keys = [...large].flatMap(keysOf);
  const found = new Map((await calls.getAll<BodyRecord>(keys)).map((record) => [record.sk, record.bytes]));
  if (found.size < keys.length) return 'gone';
  for (const [rev, value] of large) {
    const whole = Buffer.concat(keysOf([rev, value]).map(({ sk }) => found.get(sk) as Uint8Array));
    bytes.set(rev, decodeValue({ format: value.format, bytes: whole }));
  }
  return bytes;
}

/** Nothing but the log's `previous` points to a replaced body any more: it goes when the log's entry has gone. */
export async function retireBody({ calls, clock }: Dynamo, partition: Partition, { rev, value }: Version): Promise<void> {
  const ttl = seconds(clock.now()) + LOG_SECONDS;
  for (let n = 0; n < (value?.pieces ?? 0); n++) {
    await calls.update(bodyKey(partition, rev, n), 'SET #ttl = :ttl', { condition: 'attribute_exists(pk)', names: { '#ttl': 'ttl' }, values: { ':ttl': ttl } });
  }
}

/** What was written ahead for a revision that turned out void. */
export async function discardBody({ calls }: Pick<Dynamo, 'calls'>, partition: Partition, revision: Revision): Promise<void> {
  const { pk, sk } = bodyKey(partition, revision, 0);
  for await (const page of calls.query<BodyRecord>(pk, { from: sk, to: bodyKey(partition, revision, 9).sk })) await calls.removeAll(page);
}

function piecesOf({ bytes }: EncodedValue): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.byteLength / PIECE_BYTES) }, (_, n) => bytes.subarray(n * PIECE_BYTES, (n + 1) * PIECE_BYTES));
}
