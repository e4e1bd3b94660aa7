import { toJsonBytes } from '../codec/json-bytes.ts';
import type { ByteChannel } from '../connection/byte-channel.ts';
import { commandChannels, type CommandChannel, type CommandOptions } from '../relay/protocol.ts';
import type { CommandStatus, CommandStreams } from '../remote-command/command-streams.ts';
import { SpdyConnection, type SpdyStream } from './connection.ts';

/** The version of the streams that elder clients and we both know; it is named in the header X-Stream-Protocol-Version. */
export const SPDY_COMMAND_PROTOCOL = 'v4.channel.k8s.io';

/** The server's end of exec and attach over SPDY: resolves when the client has opened all streams. undefined: it has left before. */
export async function spdyCommandStreams(bytes: ByteChannel, options: CommandOptions): Promise<CommandStreams | undefined> {
  const wanted = commandChannels(options);
  const streams = new Map<string, SpdyStream>();
  let complete: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (complete = resolve));
  const connection = new SpdyConnection(bytes, (stream) => {
    streams.set(stream.headers.get('streamtype') ?? '', stream);
    if (wanted.every((name) => streams.has(name))) complete();
  });
  await Promise.race([all, connection.gone]);
  if (!wanted.every((name) => streams.has(name))) return undefined;
  const named = (name: CommandChannel): Record<string, SpdyStream> => {
    const stream = streams.get(name);
    return stream !== undefined && wanted.includes(name) ? { [name]: stream } : {};
  };
  const error = streams.get('error');
  return {
    ...named('stdin'),
    ...named('resize'),
    ...named('stdout'),
    ...named('stderr'),
    finish: async (status: CommandStatus) => {
      await error?.write(toJsonBytes(status));
      error?.end();
    },
    close: () => connection.close(),
    gone: connection.gone,
  };
}
