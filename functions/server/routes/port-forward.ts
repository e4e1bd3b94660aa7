import { join, type ByteChannel } from '#api/connection/byte-channel';
import { socketBytes } from '#api/connection/socket-bytes';
import { acceptConnection } from '#api/port-forward/channel-connection';
import type { RelaySession } from '#api/relay/session';
import { forwardedConnections, PORT_FORWARD, TUNNELLED_PORT_FORWARD } from '#api/spdy/forwarded-connections';
import { badRequest } from '#api/status';
import type { Upgrade } from '#ports/upgrade';
import { integerOf } from '../protocol/query.ts';
import { nodeOf, openSession, podOf, requireCreate } from '../streams/pod-session.ts';
import { acceptSpdy, requireChannels, requireSpdyProtocol } from '../streams/stream-protocols.ts';
import { switched } from '../streams/switched.ts';
import type { ResourceRequest } from './resource-request.ts';

/** `pods/NAME/portforward`: connections to ports of the pod's own loopback, over an upgraded connection. */
export async function portForward(request: ResourceRequest): Promise<Response> {
  await requireCreate(request);
  const { info } = request;
  const pod = await podOf(request);
  const node = nodeOf(pod);
  const accept = acceptorOf(request);

  const over = new AbortController();
  request.request.signal.addEventListener('abort', () => over.abort(), { once: true });
  const session = await openSession(request, node, { kind: 'portForward', namespace: info.namespace, pod: info.name, podUid: pod.metadata.uid ?? '' }, over.signal);
  await accept((port, connection) => forward(session, port, connection), () => session.close());
  return switched();
}

type Forward = (port: number, connection: ByteChannel) => Promise<void>;

/** How connections come out of the upgraded request; `over` is called when no more do. */
type Acceptor = (forward: Forward, over: () => void) => Promise<void>;

function acceptorOf({ upgrade, request, query }: ResourceRequest): Acceptor {
  if (upgrade?.protocol === 'websocket') return upgrade.subprotocols.includes(TUNNELLED_PORT_FORWARD) ? tunnelled(upgrade) : ofOneConnection(upgrade, portOf(query));
  if (upgrade?.protocol === 'spdy/3.1') {
    requireSpdyProtocol(request, PORT_FORWARD);
    return async (forward, over) => void forwardedConnections(acceptSpdy(upgrade, PORT_FORWARD), forward).finally(over);
  }
  throw badRequest('Upgrade request required');
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

function portOf(query: URLSearchParams): number {
  const asked = query.getAll('ports').flatMap((ports) => ports.split(','));
  const [port] = asked;
  if (port === undefined) throw badRequest('query parameter "ports" is required');
  if (asked.length > 1) throw badRequest('one port a connection is supported');
  const number = integerOf(new URLSearchParams({ port }), 'port') ?? 0;
  if (number < 1 || number > 65_535) throw badRequest(`unable to parse "${port}" as a port`);
  return number;
}

/** A broken connection ends alone, and its client is told why. */
async function forward(session: RelaySession, port: number, connection: ByteChannel): Promise<void> {
  if (!session.hasRoom) return connection.abort('too many connections are forwarded at once');
  await join(connection, session.open(String(port))).catch(() => undefined);
}
