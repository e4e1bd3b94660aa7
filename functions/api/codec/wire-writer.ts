import { WIRE } from './wire-reader.ts';

const FIRST_CAPACITY = 512;
const UTF8 = new TextEncoder();

/**
 * Writes a message from its end to its beginning, so that a nested message's length is known when its tag is written and nothing is
 * copied: fields by descending number, lists from the last.
 */
export class WireWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #at = FIRST_CAPACITY;

  result(): Uint8Array {
    return this.#bytes.slice(this.#at);
  }

  int(number: number, value: number | bigint): void {
    this.#varint(typeof value === 'number' && value >= 0 ? value : BigInt.asUintN(64, BigInt(value)));
    this.#tag(number, WIRE.varint);
  }

  bool(number: number, value: boolean): void {
    this.int(number, value ? 1 : 0);
  }

  double(number: number, value: number): void {
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#at, value, true);
    this.#tag(number, WIRE.fixed64);
  }

  bytes(number: number, value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#delimit(number, value.length);
  }

  string(number: number, value: string): void {
    this.bytes(number, UTF8.encode(value));
  }

  message(number: number, writeFields: () => void): void {
    const before = this.#bytes.length - this.#at;
    writeFields();
    this.#delimit(number, this.#bytes.length - this.#at - before);
  }

  prefix(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
  }

  #delimit(number: number, length: number): void {
    this.#varint(length);
    this.#tag(number, WIRE.bytes);
  }

  #tag(number: number, wire: number): void {
    this.#varint(number * 8 + wire);
  }

  #varint(value: number | bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; typeof rest === 'bigint' && rest > 0xffffffffn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    let small = Number(rest);
    for (; small >= 0x80; small = Math.floor(small / 0x80)) bytes.push((small % 0x80) | 0x80);
    bytes.push(small);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
  }

  // Grows at the front.
  #reserve(length: number): void {
    if (length > this.#at) {
      const used = this.#bytes.length - this.#at;
      const grown = new Uint8Array(Math.max(2 * this.#bytes.length, 2 * (used + length)));
      grown.set(this.#bytes.subarray(this.#at), grown.length - used);
      this.#at = grown.length - used;
      this.#bytes = grown;
    }
    this.#at -= length;
  }
}
