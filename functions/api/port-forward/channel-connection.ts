import { ConnectionLost, type ByteChannel } from '../connection/byte-channel.ts';
import { ByteQueue } from '../connection/byte-queue.ts';
import type { MessageSocket } from '../connection/message-socket.ts';
import { CHANNEL, decodeMessage, encodeMessage, type ChannelProtocol } from '../remote-command/subprotocols.ts';

/**
 * One forwarded connection over a WebSocket of its own: `?ports=N`, the bytes on channel 0, why it failed on channel 1. The server's first
 * message on each is the port, two bytes. The newest sub-protocol lets either side end its direction; kubectl takes SPDY for this.
 */
export const PORT_FORWARD_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

const DATA = 0;
const ERROR = 1;
const HIGH_BYTES = 128 * 1024;

/** The client's end. */
export function connectionOf(socket: MessageSocket, protocol: ChannelProtocol): ByteChannel {
  return channelOver(socket, protocol, { hasPrefix: true });
}

/** The server's end; `abort` tells the client why. */
export function acceptConnection(socket: MessageSocket, protocol: ChannelProtocol, port: number): ByteChannel {
  const prefix = new Uint8Array([port & 0xff, port >> 8]);
  for (const channel of [DATA, ERROR]) void socket.send(encodeMessage(protocol, channel, prefix)).catch(() => undefined);
  return channelOver(socket, protocol, { hasPrefix: false });
}

function channelOver(socket: MessageSocket, protocol: ChannelProtocol, { hasPrefix }: { hasPrefix: boolean }): ByteChannel {
  const incoming = new ByteQueue();
  let ended = false;
  let otherEnded = false;
  const closeIfOver = (): void => {
    if (ended && (otherEnded || !protocol.hasClose)) socket.close();
  };
  void receive(socket, protocol, { incoming, hasPrefix }).then(() => {
    otherEnded = true;
    closeIfOver();
  });
  return {
    read: () => incoming.read(),
    write: (bytes) => socket.send(encodeMessage(protocol, DATA, bytes)),
    end() {
      ended = true;
      if (protocol.hasClose) void socket.send(encodeMessage(protocol, CHANNEL.close, new Uint8Array([DATA]))).catch(() => undefined);
      closeIfOver();
    },
    abort(why = '') {
      incoming.drop();
      if (why !== '') void socket.send(encodeMessage(protocol, ERROR, new TextEncoder().encode(why))).catch(() => undefined);
      socket.close();
    },
  };
}

async function receive(socket: MessageSocket, protocol: ChannelProtocol, { incoming, hasPrefix }: { incoming: ByteQueue; hasPrefix: boolean }): Promise<void> {
  const isFirst = new Set(hasPrefix ? [DATA, ERROR] : []);
  try {
    for (let message = await socket.receive(); message !== undefined; message = await socket.receive()) {
      const { channel, bytes } = decodeMessage(protocol, message) ?? { channel: -1, bytes: new Uint8Array(0) };
      if (isFirst.delete(channel)) continue;
      if (channel === ERROR && bytes.length > 0) throw new ConnectionLost(new TextDecoder().decode(bytes));
      if (channel === CHANNEL.close && protocol.hasClose && bytes[0] === DATA) return incoming.end();
      if (channel === DATA) incoming.push(bytes);
      await incoming.atMost(HIGH_BYTES);
    }
    incoming.end();
  } catch (error) {
    incoming.fail(error instanceof Error ? error : new ConnectionLost(String(error)));
  }
}
