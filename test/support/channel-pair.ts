import type { ByteChannel } from '#api/connection/byte-channel';
import { ByteQueue } from '#api/connection/byte-queue';

/** Two ends of a byte stream in memory. */
export function channelPair(): { one: ByteChannel; other: ByteChannel } {
  const toOne = new ByteQueue();
  const toOther = new ByteQueue();
  const end = (incoming: ByteQueue, outgoing: ByteQueue): ByteChannel => ({
    read: () => incoming.read(),
    write: async (bytes) => outgoing.push(bytes.slice()),
    end: () => outgoing.end(),
    abort: () => [incoming, outgoing].forEach((queue) => queue.fail(new Error('given up'))),
  });
  return { one: end(toOne, toOther), other: end(toOther, toOne) };
}
