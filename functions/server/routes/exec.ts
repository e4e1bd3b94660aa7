import { commandAcceptor, serveCommand } from '#api/remote-command/command-upgrade';
import type { CommandOptions, RelayRequest } from '#api/relay/protocol';
import { badRequest } from '#api/status';
import { isTrue } from '../request-info.ts';
import { invitation } from '../streams/invitation.ts';
import { containerOf, nodeOf, openRelay, podOf, requireCreate } from '../streams/pod-session.ts';
import { switched } from '../streams/switched.ts';
import { upgradeRequestOf, type ResourceRequest } from './resource-request.ts';

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
  const relayed = toRelay({ namespace: request.info.namespace, pod: request.info.name, podUid: pod.metadata.uid ?? '', container, options });
  const invited = await invitation(request, node, relayed);
  if (invited !== undefined) return invited;
  const accept = commandAcceptor(upgradeRequestOf(request));

  const over = new AbortController();
  request.request.signal.addEventListener('abort', () => over.abort(), { once: true });
  await serveCommand(accept, options, await openRelay(request, node, relayed, over.signal));
  return switched();
}

function optionsOf(query: URLSearchParams): CommandOptions {
  const [stdin = false, stdout = false, stderr = false, tty = false] = ['stdin', 'stdout', 'stderr', 'tty'].map((name) => isTrue(query.get(name)));
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  // A terminal has one output.
  return { stdin, stdout, stderr: stderr && !tty, tty };
}
