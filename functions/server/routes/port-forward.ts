import { portForwardAcceptor, servePortForward } from '#api/port-forward/port-forward-upgrade';
import { badRequest } from '#api/status';
import { integerOf } from '../protocol/query.ts';
import { invitation } from '../streams/invitation.ts';
import { nodeOf, openSession, podOf, requireCreate } from '../streams/pod-session.ts';
import { switched } from '../streams/switched.ts';
import { upgradeRequestOf, type ResourceRequest } from './resource-request.ts';

/** `pods/NAME/portforward`: connections to ports of the pod's own loopback, over an upgraded connection. */
export async function portForward(request: ResourceRequest): Promise<Response> {
  await requireCreate(request);
  const { info } = request;
  const pod = await podOf(request);
  const node = nodeOf(pod);
  const relayed = { kind: 'portForward' as const, namespace: info.namespace, pod: info.name, podUid: pod.metadata.uid ?? '' };
  const invited = await invitation(request, node, relayed);
  if (invited !== undefined) return invited;
  const accept = portForwardAcceptor(upgradeRequestOf(request), () => portOf(request.query));

  const over = new AbortController();
  request.request.signal.addEventListener('abort', () => over.abort(), { once: true });
  await servePortForward(accept, await openSession(request, node, relayed, over.signal));
  return switched();
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
