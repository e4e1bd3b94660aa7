import { spdyDictionary } from './dictionary.ts';
import { Inflater } from './inflate.ts';

/** The frames of SPDY/3.1, as far as Kubernetes' clients send them. Header names are in lower case. */
export type SpdyFrame =
  | { type: 'stream'; stream: number; headers: Map<string, string>; fin: boolean }
  | { type: 'data'; stream: number; bytes: Uint8Array; fin: boolean }
  | { type: 'reset'; stream: number }
  | { type: 'ping'; id: number }
  | { type: 'goAway' }
  /** SETTINGS, HEADERS, WINDOW_UPDATE and replies to streams of ours, which there are none of: nothing follows from them. */
  | { type: 'other' };

export class BadSpdy extends Error {}

const TYPE = { synStream: 1, synReply: 2, reset: 3, ping: 6, goAway: 7 } as const;
const FIN = 1;
const HEAD_BYTES = 8;
const VERSION = 3;
/** A data frame may have 16 MiB by the protocol; clients copy in pieces of 32 KiB. */
const MAX_FRAME_BYTES = 1024 * 1024;
const CANCEL = 5;

/** Takes bytes as they come, in pieces that end anywhere, and gives whole frames. */
export class SpdyReader {
  private readonly headers = new Inflater(spdyDictionary());
  private pending = new Uint8Array(0);

  *push(bytes: Uint8Array): Generator<SpdyFrame> {
    let rest = this.pending.length === 0 ? bytes : joined(this.pending, bytes);
    while (rest.length >= HEAD_BYTES) {
      const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
      const length = view.getUint32(4) & 0xffffff;
      if (length > MAX_FRAME_BYTES) throw new BadSpdy(`a frame of ${length} bytes`);
      if (rest.length < HEAD_BYTES + length) break;
      yield this.frame(view, rest.subarray(HEAD_BYTES, HEAD_BYTES + length));
      rest = rest.subarray(HEAD_BYTES + length);
    }
    this.pending = rest.slice();
  }

  private frame(head: DataView, payload: Uint8Array): SpdyFrame {
    const first = head.getUint32(0);
    const fin = (head.getUint8(4) & FIN) !== 0;
    if (first >>> 31 === 0) return { type: 'data', stream: first, bytes: payload, fin };
    if (((first >>> 16) & 0x7fff) !== VERSION) throw new BadSpdy('not version 3 of SPDY');
    const number = (at: number): number => (payload.length >= at + 4 ? new DataView(payload.buffer, payload.byteOffset).getUint32(at) & 0x7fffffff : 0);
    switch (first & 0xffff) {
      case TYPE.synStream:
        return { type: 'stream', stream: number(0), headers: headersIn(this.headers.inflate(payload.subarray(10))), fin };
      case TYPE.reset:
        return { type: 'reset', stream: number(0) };
      case TYPE.ping:
        return { type: 'ping', id: payload.length === 4 ? new DataView(payload.buffer, payload.byteOffset).getUint32(0) : 0 };
      case TYPE.goAway:
        return { type: 'goAway' };
      default:
        return { type: 'other' };
    }
  }
}

function headersIn(block: Uint8Array): Map<string, string> {
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const headers = new Map<string, string>();
  let at = 4;
  const text = (): string => {
    const length = at + 4 <= block.length ? view.getUint32(at) : Infinity;
    if (at + 4 + length > block.length) throw new BadSpdy('a header block ends too early');
    const value = new TextDecoder().decode(block.subarray(at + 4, at + 4 + length));
    at += 4 + length;
    return value;
  };
  if (block.length < 4) throw new BadSpdy('a header block ends too early');
  for (let left = view.getUint32(0); left > 0; left--) headers.set(text().toLowerCase(), text());
  return headers;
}

/** What a server sends. */
export class SpdyWriter {
  private hasBegun = false;

  /** Takes the stream, without headers. */
  reply(stream: number): Uint8Array {
    return control(TYPE.synReply, 0, [...number(stream), ...this.noHeaders()]);
  }

  data(stream: number, bytes: Uint8Array, fin = false): Uint8Array {
    return joined(Uint8Array.from([...number(stream), fin ? FIN : 0, ...number(bytes.length).slice(1)]), bytes);
  }

  reset(stream: number): Uint8Array {
    return control(TYPE.reset, 0, [...number(stream), ...number(CANCEL)]);
  }

  ping(id: number): Uint8Array {
    return control(TYPE.ping, 0, number(id));
  }

  goAway(): Uint8Array {
    return control(TYPE.goAway, 0, [...number(0), ...number(0)]);
  }

  // One zlib stream for all replies, of stored blocks: four bytes are not worth compressing. The empty one flushes.
  private noHeaders(): number[] {
    const begin = this.hasBegun ? [] : [0x78, 0x01];
    this.hasBegun = true;
    return [...begin, ...[0, 4, 0, 0xfb, 0xff], ...[0, 0, 0, 0], ...[0, 0, 0, 0xff, 0xff]];
  }
}

function control(type: number, flags: number, payload: number[]): Uint8Array {
  return Uint8Array.from([0x80, VERSION, 0, type, flags, ...number(payload.length).slice(1), ...payload]);
}

function number(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
