import type { ByteChannel } from '../connection/byte-channel.ts';
import { SpdyConnection, type SpdyStream } from './connection.ts';

/** How kubectl names a port-forward over SPDY, and the same inside of a WebSocket. */
export const PORT_FORWARD = 'portforward.k8s.io';
export const TUNNELLED_PORT_FORWARD = `SPDY/3.1+${PORT_FORWARD}`;

const MAX_HALF_OPEN = 256;

/**
 * The server's end of a port-forward: two streams of the client make one connection, its bytes and why it failed. Calls with each, and
 * resolves when the client has left.
 */
export async function forwardedConnections(bytes: ByteChannel, onConnection: (port: number, connection: ByteChannel) => Promise<void>): Promise<void> {
  const halves = new Map<string, SpdyStream>();
  const connection = new SpdyConnection(bytes, (stream) => {
    const id = stream.headers.get('requestid') ?? '';
    const other = halves.get(id);
    const kinds = [stream, other].map((half) => half?.headers.get('streamtype'));
    if (other === undefined && halves.size < MAX_HALF_OPEN) return void halves.set(id, stream);
    halves.delete(id);
    const [data, error] = [kinds.indexOf('data'), kinds.indexOf('error')].map((at) => [stream, other][at]);
    const port = Number(data?.headers.get('port'));
    if (data === undefined || error === undefined || !(port >= 1 && port <= 65_535)) return [stream, other].forEach((half) => half?.abort());
    void onConnection(port, connectionOf(data, error)).finally(() => error.end());
  });
  await connection.gone;
}

function connectionOf(data: SpdyStream, error: SpdyStream): ByteChannel {
  return {
    read: () => data.read(),
    write: (bytes) => data.write(bytes),
    end: () => data.end(),
    abort(why = '') {
      if (why !== '' && !data.isGivenUp) void error.write(new TextEncoder().encode(why)).catch(() => undefined);
      data.end();
      void discard(data);
    },
  };
}

// A reset would be one more error to the client: what it still sends is thrown away until it ends.
async function discard(data: SpdyStream): Promise<void> {
  try {
    while ((await data.read()) !== undefined);
  } catch {
    // It has left.
  }
}
