import { concat } from '#api/codec/concat';
import { errorText } from '../error-text.ts';

/**
 * Bytes in both directions, each with its own end and its own back-pressure: what a socket, a stream of SPDY, a channel of the relay and
 * the streams of a command have in common.
 */
export interface ByteChannel {
  /** undefined: the other side has said all. Rejects with the cause when the channel broke. */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when there is room for more; one at a time. Rejects when nothing can be written any more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more comes from this side. */
  end(): void;
  /** Gives up both directions; where the channel can, it tells the other side why. */
  abort(why?: string): void;
}

/** Why a channel ended before its time. */
export class ConnectionLost extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ConnectionLost';
  }
}

/** Carries one direction to its end; gives the number of bytes. */
export async function pump(from: Pick<ByteChannel, 'read'>, to: Pick<ByteChannel, 'write' | 'end'>): Promise<number> {
  let carried = 0;
  for (let bytes = await from.read(); bytes !== undefined; bytes = await from.read()) {
    await to.write(bytes);
    carried += bytes.length;
  }
  to.end();
  return carried;
}

/** Both directions, until both have ended; a break of either ends both. */
export async function join(one: ByteChannel, other: ByteChannel): Promise<void> {
  try {
    await Promise.all([pump(one, other), pump(other, one)]);
  } catch (error) {
    const why = errorText(error);
    one.abort(why);
    other.abort(why);
    throw error;
  }
}

export function bytesOf(channel: Pick<ByteChannel, 'read'>): AsyncGenerator<Uint8Array> {
  return (async function* () {
    for (let bytes = await channel.read(); bytes !== undefined; bytes = await channel.read()) yield bytes;
  })();
}

/** All that comes, refused over `maxBytes`. */
export async function readAll(channel: Pick<ByteChannel, 'read'>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of bytesOf(channel)) {
    length += bytes.length;
    if (length > maxBytes) throw new Error(`more than ${maxBytes} bytes came`);
    chunks.push(bytes);
  }
  return concat(chunks, length);
}
