/**
 * Inflates a zlib stream piece by piece, each of which ends on a byte (a sync flush), as SPDY's header blocks do: at once, without the
 * threads of Node's own, so that frames keep their order. (RFC 1950, RFC 1951.)
 */
export class Inflater {
  private readonly dictionary: Uint8Array;
  private readonly buffer = new Uint8Array(WINDOW + MAX_OUTPUT);
  private filled = 0;
  private isFirst = true;

  constructor(dictionary: Uint8Array) {
    this.dictionary = dictionary;
  }

  /** Throws BadDeflate on what is none, and on more than 64 KiB. */
  inflate(input: Uint8Array): Uint8Array {
    const kept = Math.min(this.filled, WINDOW);
    this.buffer.copyWithin(0, this.filled - kept, this.filled);
    this.filled = kept;
    const bits = new Bits(this.isFirst ? this.afterHeader(input) : input);
    const start = this.filled;
    for (let last = false; !last && !bits.atEnd; ) {
      last = bits.take(1) === 1;
      this.block(bits, bits.take(2));
    }
    return this.buffer.slice(start, this.filled);
  }

  private afterHeader(input: Uint8Array): Uint8Array {
    const [method = 0, flags = 0] = input;
    if ((method & 0x0f) !== 8 || (method * 256 + flags) % 31 !== 0) throw new BadDeflate('not a zlib stream');
    this.isFirst = false;
    if ((flags & 0x20) === 0) return input.subarray(2);
    const tail = this.dictionary.subarray(-WINDOW);
    this.buffer.set(tail);
    this.filled = tail.length;
    return input.subarray(6);
  }

  private block(bits: Bits, type: number): void {
    if (type === 0) {
      for (const byte of bits.stored()) this.put(byte);
    } else if (type === 1) this.compressed(bits, { literals: FIXED_LITERALS, distances: FIXED_DISTANCES });
    else if (type === 2) this.compressed(bits, dynamicCodes(bits));
    else throw new BadDeflate('unknown block');
  }

  private compressed(bits: Bits, { literals, distances }: { literals: Code; distances: Code }): void {
    for (let symbol = literals.decode(bits); symbol !== END_OF_BLOCK; symbol = literals.decode(bits)) {
      if (symbol < END_OF_BLOCK) this.put(symbol);
      else this.copy(extended(bits, LENGTHS, symbol - 257), extended(bits, DISTANCES, distances.decode(bits)));
    }
  }

  private copy(length: number, distance: number): void {
    if (distance > this.filled) throw new BadDeflate('a copy from before the beginning');
    for (let i = 0; i < length; i++) this.put(this.buffer[this.filled - distance] ?? 0);
  }

  private put(byte: number): void {
    if (this.filled >= this.buffer.length) throw new BadDeflate('too long');
    this.buffer[this.filled++] = byte;
  }
}

export class BadDeflate extends Error {}

const WINDOW = 32 * 1024;
const MAX_OUTPUT = 64 * 1024;
const END_OF_BLOCK = 256;
const MAX_CODE_BITS = 15;

class Bits {
  private readonly input: Uint8Array;
  private at = 0;
  private held = 0;
  private count = 0;

  constructor(input: Uint8Array) {
    this.input = input;
  }

  get atEnd(): boolean {
    return this.at >= this.input.length && this.count < 8;
  }

  take(wanted: number): number {
    while (this.count < wanted) {
      const byte = this.input[this.at++];
      if (byte === undefined) throw new BadDeflate('it ends too early');
      this.held |= byte << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << wanted) - 1);
    this.held >>>= wanted;
    this.count -= wanted;
    return value;
  }

  stored(): Uint8Array {
    this.held = 0;
    this.count = 0;
    const length = this.take(16);
    if ((length ^ 0xffff) !== this.take(16)) throw new BadDeflate('a stored block of two lengths');
    const bytes = this.input.subarray(this.at, this.at + length);
    if (bytes.length < length) throw new BadDeflate('it ends too early');
    this.at += length;
    return bytes;
  }
}

/** A canonical Huffman code, by how many symbols have each length. */
class Code {
  private readonly counts = new Uint16Array(MAX_CODE_BITS + 1);
  private readonly symbols: number[];

  constructor(lengths: number[]) {
    for (const length of lengths) this.counts[length] = (this.counts[length] ?? 0) + 1;
    this.counts[0] = 0;
    this.symbols = lengths.map((length, symbol) => ({ length, symbol })).filter(({ length }) => length > 0).sort((a, b) => a.length - b.length || a.symbol - b.symbol).map(({ symbol }) => symbol);
  }

  decode(bits: Bits): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_CODE_BITS; length++) {
      code = (code << 1) | bits.take(1);
      first <<= 1;
      const count = this.counts[length] ?? 0;
      const symbol = this.symbols[index + code - first];
      if (code - first < count && symbol !== undefined) return symbol;
      index += count;
      first += count;
    }
    throw new BadDeflate('an unknown code');
  }
}

const FIXED_LITERALS = new Code(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)));
const FIXED_DISTANCES = new Code(Array.from({ length: 30 }, () => 5));

/** Base values, and how many more bits follow each. */
interface Extended {
  base: readonly number[];
  extra: readonly number[];
}

const LENGTHS: Extended = table(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5], { last: 258 });
const DISTANCES: Extended = table(1, [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13], {});

function table(from: number, extra: number[], { last }: { last?: number }): Extended {
  let next = from;
  const base = extra.map((bits) => {
    const value = next;
    next += 1 << bits;
    return value;
  });
  return last === undefined ? { base, extra } : { base: [...base, last], extra: [...extra, 0] };
}

function extended(bits: Bits, { base, extra }: Extended, symbol: number): number {
  const value = base[symbol];
  if (value === undefined) throw new BadDeflate('an unknown length or distance');
  return value + bits.take(extra[symbol] ?? 0);
}

const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function dynamicCodes(bits: Bits): { literals: Code; distances: Code } {
  const [literals, distances, codes] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  const ofLengths = Array.from({ length: LENGTH_ORDER.length }, () => 0);
  for (const symbol of LENGTH_ORDER.slice(0, codes)) ofLengths[symbol] = bits.take(3);
  const code = new Code(ofLengths);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = code.decode(bits);
    if (symbol < 16) lengths.push(symbol);
    else {
      const repeated = symbol === 16 ? (lengths.at(-1) ?? 0) : 0;
      const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
      for (let i = 0; i < times; i++) lengths.push(repeated);
    }
  }
  return { literals: new Code(lengths.slice(0, literals)), distances: new Code(lengths.slice(literals, literals + distances)) };
}
