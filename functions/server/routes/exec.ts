import { commandStreamsOf } from '#api/remote-command/channel-socket';
import { failureStatus, type CommandStreams } from '#api/remote-command/command-streams';
import type { CommandOptions, RelayRequest } from '#api/relay/protocol';
import { SPDY_COMMAND_PROTOCOL, spdyCommandStreams } from '#api/spdy/command-streams';
import { badRequest } from '#api/status';
import { isTrue } from '../request-info.ts';
import { containerOf, nodeOf, openRelay, podOf, requireCreate } from '../streams/pod-session.ts';
import { acceptSpdy, requireChannels, requireSpdyProtocol } from '../streams/stream-protocols.ts';
import { switched } from '../streams/switched.ts';
import { relayCommand } from '../streams/relay-command.ts';
import type { ResourceRequest } from './resource-request.ts';

/** `pods/NAME/exec`: a command in a running container, its streams over an upgraded connection. */
export async function exec(request: ResourceRequest): Promise<Response> {
  const command = request.query.getAll('command');
  return connect(request, (pod) => ({ kind: 'exec', ...pod, command }));
}

/** `pods/NAME/attach`: the streams of the container's own process. */
export async function attach(request: ResourceRequest): Promise<Response> {
  return connect(request, (pod) => ({ kind: 'attach', ...pod }));
}

type Target = { namespace: string; pod: string; podUid: string; container: string; options: CommandOptions };

async function connect(request: ResourceRequest, toRelay: (target: Target) => RelayRequest): Promise<Response> {
  await requireCreate(request);
  const pod = await podOf(request);
  const container = containerOf(pod, request.query.get('container') ?? '');
  const node = nodeOf(pod);
  const options = optionsOf(request.query);
  const accept = acceptorOf(request);

  const target = { namespace: request.info.namespace, pod: request.info.name, podUid: pod.metadata.uid ?? '', container, options };
  const over = new AbortController();
  request.request.signal.addEventListener('abort', () => over.abort(), { once: true });
  const opened = await openRelay(request, node, toRelay(target), over.signal);
  const streams = await accept(options);
  if (streams === undefined) over.abort();
  // What the node refuses is told where a failure of the command would be: clients show it, and try no other way.
  else if ('refusal' in opened) void refuse(streams, opened.refusal.message);
  else void relayCommand(streams, opened.session, options);
  return switched();
}

function optionsOf(query: URLSearchParams): CommandOptions {
  const [stdin = false, stdout = false, stderr = false, tty = false] = ['stdin', 'stdout', 'stderr', 'tty'].map((name) => isTrue(query.get(name)));
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  // A terminal has one output.
  return { stdin, stdout, stderr: stderr && !tty, tty };
}

/** undefined: the client left before its streams stood. */
type Acceptor = (options: CommandOptions) => Promise<CommandStreams | undefined>;

function acceptorOf({ upgrade, request }: ResourceRequest): Acceptor {
  if (upgrade?.protocol === 'websocket') {
    const protocol = requireChannels(upgrade);
    return async (options) => commandStreamsOf(await upgrade.acceptWebSocket(protocol.name === '' ? undefined : protocol.name), protocol, options);
  }
  if (upgrade?.protocol === 'spdy/3.1') {
    requireSpdyProtocol(request, SPDY_COMMAND_PROTOCOL);
    return (options) => spdyCommandStreams(acceptSpdy(upgrade, SPDY_COMMAND_PROTOCOL), options);
  }
  throw badRequest('Upgrade request required');
}

async function refuse(streams: CommandStreams, message: string): Promise<void> {
  await streams.finish(failureStatus(message)).catch(() => undefined);
  streams.close();
}
