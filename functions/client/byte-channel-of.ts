import type { Duplex } from 'node:stream';
import { ConnectionLost, type ByteChannel } from '#api/connection/byte-channel';
import { ByteQueue } from '#api/connection/byte-queue';

const HIGH_BYTES = 64 * 1024;

/** A socket, or any other Duplex of Node's, as a ByteChannel. */
export function byteChannelOf(duplex: Duplex): ByteChannel {
  let stopped = false;
  const incoming = new ByteQueue(() => {
    if (!stopped || incoming.size > HIGH_BYTES / 2) return;
    stopped = false;
    duplex.resume();
  });
  let room: (() => void) | undefined;
  let lost: Error | undefined;
  const over = (error?: Error): void => {
    lost ??= error ?? new ConnectionLost('the connection is closed');
    incoming.fail(lost);
    room?.();
  };
  const requireOpen = (): void => {
    if (lost !== undefined) throw lost;
  };
  duplex.on('data', (bytes: Buffer) => {
    incoming.push(bytes);
    stopped = incoming.size > HIGH_BYTES;
    if (stopped) duplex.pause();
  });
  duplex.on('end', () => incoming.end());
  duplex.on('drain', () => room?.());
  duplex.on('error', (error) => over(new ConnectionLost(error.message, error)));
  duplex.on('close', () => over());

  return {
    read: () => incoming.read(),
    async write(bytes) {
      requireOpen();
      if (duplex.write(bytes)) return;
      await new Promise<void>((resolve) => (room = resolve));
      requireOpen();
    },
    end: () => void duplex.end(),
    abort: () => {
      incoming.drop();
      duplex.destroy();
    },
  };
}
