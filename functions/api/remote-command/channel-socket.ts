import { ByteQueue } from '../connection/byte-queue.ts';
import type { MessageSocket } from '../connection/message-socket.ts';
import type { CommandOptions } from '../relay/protocol.ts';
import type { CommandStatus, CommandStreams } from './command-streams.ts';
import { CHANNEL, decodeMessage, encodeMessage, type ChannelProtocol } from './subprotocols.ts';

const HIGH_BYTES = 128 * 1024;
const NOTHING = new Uint8Array(0);

/** The server's end of exec and attach over a WebSocket. */
export function commandStreamsOf(socket: MessageSocket, protocol: ChannelProtocol, options: CommandOptions): CommandStreams {
  const stdin = new ByteQueue();
  const resize = new ByteQueue();
  const inputs = new Map<number, ByteQueue>();
  if (options.stdin) inputs.set(CHANNEL.stdin, stdin);
  if (options.tty) inputs.set(CHANNEL.resize, resize);
  const send = (channel: number, bytes: Uint8Array): Promise<void> => socket.send(encodeMessage(protocol, channel, bytes));
  const output = (channel: number) => ({ write: (bytes: Uint8Array) => send(channel, bytes), end: () => undefined });
  const input = (queue: ByteQueue) => ({ read: () => queue.read(), abort: () => queue.drop() });
  const { stdout, stderr, tty } = options;
  // Tells clients that wait for it that the connection stands. The newest have an answer of their own.
  if (!protocol.hasClose) void send(stdout ? CHANNEL.stdout : stderr ? CHANNEL.stderr : CHANNEL.error, NOTHING).catch(() => undefined);

  const gone = demultiplex(socket, protocol, inputs).finally(() => {
    stdin.end();
    resize.end();
  });
  return {
    ...(options.stdin ? { stdin: input(stdin) } : {}),
    ...(tty ? { resize: input(resize) } : {}),
    ...(stdout ? { stdout: output(CHANNEL.stdout) } : {}),
    ...(stderr && !tty ? { stderr: output(CHANNEL.stderr) } : {}),
    finish: async (status) => {
      const text = lastWord(status, protocol);
      if (text !== '') await send(CHANNEL.error, new TextEncoder().encode(text));
    },
    close: () => {
      stdin.drop();
      resize.drop();
      socket.close();
    },
    gone,
  };
}

async function demultiplex(socket: MessageSocket, protocol: ChannelProtocol, inputs: Map<number, ByteQueue>): Promise<void> {
  try {
    for (let message = await socket.receive(); message !== undefined; message = await socket.receive()) {
      const decoded = decodeMessage(protocol, message);
      if (decoded === undefined) continue;
      const { channel, bytes } = decoded;
      if (protocol.hasClose && channel === CHANNEL.close) inputs.get(bytes[0] ?? CHANNEL.close)?.end();
      const queue = inputs.get(channel);
      queue?.push(bytes);
      await queue?.atMost(HIGH_BYTES);
    }
  } catch {
    // However the client went: it is gone.
  }
}

function lastWord(status: CommandStatus, { hasStatus }: ChannelProtocol): string {
  if (hasStatus) return JSON.stringify(status);
  return status.status === 'Success' ? '' : (status.message ?? '');
}
