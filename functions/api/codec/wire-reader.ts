/** Bytes that are no protobuf message of the kind they claim to be: the sender's mistake. */
export class ProtobufError extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'ProtobufError';
  }
}

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

const MAX_VARINT_BYTES = 10;
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads one message's fields in order. Every length is checked against the message that it stands in, never against the buffer. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** undefined at the message's end. */
  tag(): { number: number; wire: number } | undefined {
    if (this.#at === this.#end) return undefined;
    const tag = this.#length();
    const number = Math.floor(tag / 8);
    if (number === 0 || number > 0x1fffffff) throw new ProtobufError(`proto: illegal tag ${number} (wire type ${tag})`);
    return { number, wire: tag % 8 };
  }

  atEnd(): boolean {
    return this.#at === this.#end;
  }

  /** As number where that is exact. */
  int64(): number | bigint {
    const byte = this.#singleByte();
    if (byte !== undefined) return byte;
    const value = BigInt.asIntN(64, this.#varint());
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  int32(): number {
    return this.#singleByte() ?? Number(BigInt.asIntN(32, this.#varint()));
  }

  bool(): boolean {
    return Number(this.#singleByte() ?? this.#varint()) !== 0;
  }

  double(): number {
    const at = this.#take(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, 8).getFloat64(0, true);
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    const length = this.#length();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Invalid UTF-8 becomes U+FFFD, as it does where Go writes such a string as JSON. */
  string(): string {
    return UTF8.decode(this.bytes());
  }

  message(): WireReader {
    const length = this.#length();
    const at = this.#take(length);
    return new WireReader(this.#bytes, at, at + length);
  }

  skip(wire: number): void {
    if (wire === WIRE.varint) this.#varint();
    else if (wire === WIRE.fixed64) this.#take(8);
    else if (wire === WIRE.fixed32) this.#take(4);
    else if (wire === WIRE.bytes) this.#take(this.#length());
    else throw new ProtobufError(`proto: illegal wireType ${wire}`); // groups: nothing of Kubernetes has them
  }

  #take(length: number): number {
    if (length > this.#end - this.#at) throw new ProtobufError('unexpected EOF');
    const at = this.#at;
    this.#at += length;
    return at;
  }

  #length(): number {
    const byte = this.#singleByte();
    if (byte !== undefined) return byte;
    const length = this.#varint();
    if (length > 0xffffffffn) throw new ProtobufError('proto: negative length found during unmarshaling');
    return Number(length);
  }

  // Most varints are tags, lengths and small numbers; only the others need bigint.
  #singleByte(): number | undefined {
    const byte = this.#bytes[this.#at];
    if (byte === undefined || byte >= 0x80 || this.#at >= this.#end) return undefined;
    this.#at++;
    return byte;
  }

  #varint(): bigint {
    let value = 0n;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#bytes[this.#take(1)] as number;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('proto: integer overflow');
  }
}
