import { fromJsonBytes, toJsonBytes } from '../codec/json-bytes.ts';
/** The frames of one relay session, the same over every transport that keeps messages whole and in order: `[type][channel, 2 bytes][payload]`. */
export type Frame =
  /** The agent: the request is understood, channels may be used. */
  | { type: 'ready' }
  | { type: 'open'; channel: number; label: string }
  | { type: 'data'; channel: number; bytes: Uint8Array }
  /** There is room for so many bytes more. */
  | { type: 'credit'; channel: number; bytes: number }
  /** Nothing more from this side. */
  | { type: 'end'; channel: number }
  /** Both directions are given up; why, when there is somebody to be told. */
  | { type: 'reset'; channel: number; why: string }
  /** The last of a session; without a cause it ended well. */
  | { type: 'close'; cause?: { code: number; reason: string; message: string } };

const TYPES = ['ready', 'open', 'data', 'credit', 'end', 'reset', 'close'] as const;
const HEAD_BYTES = 3;
const NOTHING = new Uint8Array(0);

export class BadFrame extends Error {}

export function encodeFrame(frame: Frame): Uint8Array {
  const payload = payloadOf(frame);
  const channel = 'channel' in frame ? frame.channel : 0;
  const bytes = new Uint8Array(HEAD_BYTES + payload.length);
  bytes.set([TYPES.indexOf(frame.type), channel >> 8, channel & 0xff]);
  bytes.set(payload, HEAD_BYTES);
  return bytes;
}

function payloadOf(frame: Frame): Uint8Array {
  switch (frame.type) {
    case 'open':
      return new TextEncoder().encode(frame.label);
    case 'data':
      return frame.bytes;
    case 'credit':
      return new Uint8Array([frame.bytes >>> 24, frame.bytes >>> 16, frame.bytes >>> 8, frame.bytes]);
    case 'close':
      return frame.cause === undefined ? NOTHING : toJsonBytes(frame.cause);
    case 'reset':
      return new TextEncoder().encode(frame.why);
    case 'ready':
    case 'end':
      return NOTHING;
  }
}

/** The payload is a view of the message, not a copy. */
export function decodeFrame(message: Uint8Array): Frame {
  const type = TYPES[message[0] ?? TYPES.length];
  if (type === undefined || message.length < HEAD_BYTES) throw new BadFrame('not a frame of the relay');
  const channel = ((message[1] ?? 0) << 8) | (message[2] ?? 0);
  const payload = message.subarray(HEAD_BYTES);
  switch (type) {
    case 'ready':
      return { type };
    case 'open':
      return { type, channel, label: new TextDecoder().decode(payload) };
    case 'data':
      return { type, channel, bytes: payload };
    case 'credit':
      if (payload.length !== 4) throw new BadFrame('a credit of the relay has four bytes');
      return { type, channel, bytes: new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0) };
    case 'end':
      return { type, channel };
    case 'reset':
      return { type, channel, why: new TextDecoder().decode(payload) };
    case 'close':
      return payload.length === 0 ? { type } : { type, cause: causeOf(payload) };
  }
}

function causeOf(payload: Uint8Array): { code: number; reason: string; message: string } {
  try {
    const { code, reason, message } = fromJsonBytes<Record<string, unknown>>(payload);
    return { code: Number(code), reason: String(reason), message: String(message) };
  } catch (error) {
    throw new BadFrame('the cause of a relay session’s end is not JSON', { cause: error });
  }
}
