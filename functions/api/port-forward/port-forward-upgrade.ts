import { join, type ByteChannel } from '../connection/byte-channel.ts';
import { socketBytes } from '../connection/socket-bytes.ts';
import type { Upgrade } from '../connection/upgrade.ts';
import type { RelaySession } from '../relay/session.ts';
import type { UpgradeRequest } from '../remote-command/command-upgrade.ts';
import { acceptSpdy, requireChannels, requireSpdyProtocol, UPGRADE_REQUIRED } from '../remote-command/stream-protocols.ts';
import { forwardedConnections, PORT_FORWARD, TUNNELLED_PORT_FORWARD } from '../spdy/forwarded-connections.ts';
import { badRequest } from '../status.ts';
import { acceptConnection } from './channel-connection.ts';

type Forward = (port: number, connection: ByteChannel) => Promise<void>;

/** How connections come out of the upgraded request; `over` is called when no more do. */
type Acceptor = (forward: Forward, over: () => void) => Promise<void>;

/** How the client wants its connections; refuses before anything is opened. `port` is asked where the request itself names the only one. */
export function portForwardAcceptor({ upgrade, headers }: UpgradeRequest, port: () => number): Acceptor {
  if (upgrade?.protocol === 'websocket') return upgrade.subprotocols.includes(TUNNELLED_PORT_FORWARD) ? tunnelled(upgrade) : ofOneConnection(upgrade, port());
  if (upgrade?.protocol === 'spdy/3.1') {
    requireSpdyProtocol(headers, PORT_FORWARD);
    return async (forward, over) => void forwardedConnections(acceptSpdy(upgrade, PORT_FORWARD), forward).finally(over);
  }
  throw badRequest(UPGRADE_REQUIRED);
}

/** Each connection becomes a channel of the session; goes on when the client's end stands. */
export async function servePortForward(accept: Acceptor, session: RelaySession): Promise<void> {
  await accept((port, connection) => forward(session, port, connection), () => session.close());
}

function tunnelled(upgrade: Upgrade): Acceptor {
  return async (forward, over) => {
    const socket = await upgrade.acceptWebSocket(TUNNELLED_PORT_FORWARD);
    void forwardedConnections(socketBytes(socket), forward).finally(over);
  };
}

function ofOneConnection(upgrade: Upgrade, port: number): Acceptor {
  const protocol = requireChannels(upgrade);
  return async (forward, over) => {
    const connection = acceptConnection(await upgrade.acceptWebSocket(protocol.name === '' ? undefined : protocol.name), protocol, port);
    void forward(port, connection).finally(over);
  };
}

/** A broken connection ends alone, and its client is told why. */
async function forward(session: RelaySession, port: number, connection: ByteChannel): Promise<void> {
  if (!session.hasRoom) return connection.abort('too many connections are forwarded at once');
  await join(connection, session.open(String(port))).catch(() => undefined);
}
