import { join, type ByteChannel } from '#api/connection/byte-channel';
import { acceptConnection } from '#api/port-forward/channel-connection';
import { negotiateChannels } from '#api/remote-command/subprotocols';
import type { RelaySession } from '#api/relay/session';
import { badRequest } from '#api/status';
import type { Upgrade } from '#ports/upgrade';
import { integerOf } from '../protocol/query.ts';
import { nodeOf, openSession, podOf, requireCreate } from '../streams/pod-session.ts';
import { switched } from '../streams/switched.ts';
import type { ResourceRequest } from './resource-request.ts';

/** `pods/NAME/portforward`: connections to ports of the pod's own loopback, over an upgraded connection. */
export async function portForward(request: ResourceRequest): Promise<Response> {
  await requireCreate(request);
  const { info, upgrade } = request;
  const pod = await podOf(request);
  const node = nodeOf(pod);
  if (upgrade === undefined) throw badRequest('Upgrade request required');
  const accept = acceptorOf(upgrade, request.query);

  const over = new AbortController();
  request.request.signal.addEventListener('abort', () => over.abort(), { once: true });
  const session = await openSession(request, node, { kind: 'portForward', namespace: info.namespace, pod: info.name, podUid: pod.metadata.uid ?? '' }, over.signal);
  await accept((port, connection) => forward(session, port, connection), () => session.close());
  return switched();
}

type Forward = (port: number, connection: ByteChannel) => Promise<void>;

/** How connections come out of the upgraded request; `over` is called when no more do. */
type Acceptor = (forward: Forward, over: () => void) => Promise<void>;

function acceptorOf(upgrade: Upgrade, query: URLSearchParams): Acceptor {
  const protocol = upgrade.protocol === 'websocket' ? negotiateChannels(upgrade.subprotocols) : undefined;
  if (protocol === undefined) throw badRequest(`no sub-protocol of [${upgrade.subprotocols.join(' ')}] is supported`);
  const port = portOf(query);
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

/** A broken connection ends alone; its client has been told. */
async function forward(session: RelaySession, port: number, connection: ByteChannel): Promise<void> {
  try {
    await join(connection, session.open(String(port)));
  } catch (error) {
    connection.abort(error instanceof Error ? error.message : String(error));
  }
}
