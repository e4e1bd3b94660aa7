import type { ByteChannel } from './byte-channel.ts';
import type { MessageSocket } from './message-socket.ts';

/** A WebSocket that carries one stream of bytes, cut into messages as it happens. Its end is the end of both directions. */
export function socketBytes(socket: MessageSocket): ByteChannel {
  return {
    async read() {
      const message = await socket.receive();
      return typeof message === 'string' ? new TextEncoder().encode(message) : message;
    },
    write: (bytes) => socket.send(bytes),
    end: () => socket.close(),
    abort: () => socket.close(),
  };
}
