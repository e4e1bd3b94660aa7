import { concat } from '../codec/concat.ts';

/** Messages as one stream of bytes, which can be cut anywhere: each with its length, four bytes, in front. */
const HEAD_BYTES = 4;
const MAX_MESSAGE_BYTES = 1024 * 1024;

export function encodeMessage(message: Uint8Array): Uint8Array {
  const whole = new Uint8Array(HEAD_BYTES + message.length);
  new DataView(whole.buffer).setUint32(0, message.length);
  whole.set(message, HEAD_BYTES);
  return whole;
}

/** Takes part after part; gives the messages that have become whole. */
export function messageReader(): (bytes: Uint8Array) => Uint8Array[] {
  let held = new Uint8Array(0);
  return (bytes) => {
    held = concat([held, bytes]) as Uint8Array<ArrayBuffer>;
    const whole: Uint8Array[] = [];
    for (;;) {
      if (held.length < HEAD_BYTES) return whole;
      const length = new DataView(held.buffer, held.byteOffset).getUint32(0);
      if (length > MAX_MESSAGE_BYTES) throw new Error('a message of the relay is too large');
      if (held.length < HEAD_BYTES + length) return whole;
      whole.push(held.slice(HEAD_BYTES, HEAD_BYTES + length));
      held = held.slice(HEAD_BYTES + length);
    }
  };
}
