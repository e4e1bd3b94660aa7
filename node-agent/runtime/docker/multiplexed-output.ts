import { bytesOf, type ByteChannel } from '#api/connection/byte-channel';

const HEAD_BYTES = 8;
const STDERR = 2;

export interface Output {
  stream: 'stdout' | 'stderr';
  bytes: Uint8Array;
}

/** What Docker sends of a process: bare with a terminal, else in frames of `[stream, 0, 0, 0, length (4)]`, which end anywhere. */
export async function* outputOf(channel: Pick<ByteChannel, 'read'>, tty: boolean): AsyncGenerator<Output> {
  let head = new Uint8Array(0);
  let left = 0;
  let stream: Output['stream'] = 'stdout';
  for await (const chunk of bytesOf(channel)) {
    if (tty) yield { stream, bytes: chunk };
    for (let at = 0; !tty && at < chunk.length; ) {
      if (left === 0) {
        const part = chunk.subarray(at, at + HEAD_BYTES - head.length);
        at += part.length;
        head = Uint8Array.from([...head, ...part]);
        if (head.length < HEAD_BYTES) break;
        left = new DataView(head.buffer).getUint32(4);
        stream = head[0] === STDERR ? 'stderr' : 'stdout';
        head = new Uint8Array(0);
      }
      const bytes = chunk.subarray(at, at + left);
      at += bytes.length;
      left -= bytes.length;
      if (bytes.length > 0) yield { stream, bytes };
    }
  }
}
