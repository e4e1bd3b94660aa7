import type { FieldError } from '#api/field-error';
import { bytesOf, pump } from '#api/connection/byte-channel';
import { encodeBase64 } from '#api/codec/base64';
import type { RelaySession } from '#api/relay/session';
import { badRequest, internalError, invalid } from '#api/status';
import type { Upgrade } from '#api/connection/upgrade';
import { isTrue } from '../request-info.ts';
import { invitation } from '../streams/invitation.ts';
import { openSession, podOf, type Pod } from '../streams/pod-session.ts';
import { switched } from '../streams/switched.ts';
import type { WatchPlace } from '../watches/watch-budget.ts';
import type { ResourceRequest } from './resource-request.ts';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** `pods/NAME/log`: the bytes come from the pod's node, over the relay. */
export async function podLog(request: ResourceRequest): Promise<Response> {
  const { info, query } = request;
  requireValidOptions(info.name, query);
  const pod = await podOf(request);
  const container = containerOf(pod, query.get('container') ?? '');
  const node = pod.spec?.nodeName;
  if (!node) return new Response(null, { status: 204 }); // nothing has run yet

  const stop = new AbortController();
  request.request.signal.addEventListener('abort', () => stop.abort(), { once: true });
  const relayed = { kind: 'logs' as const, namespace: info.namespace, pod: info.name, podUid: pod.metadata.uid ?? '', container, options: Object.fromEntries(query) };
  const invited = await invitation(request, node, relayed);
  if (invited !== undefined) return invited;
  const session = await openSession(request, node, relayed, stop.signal);
  const place = await placeFor(request, stop).catch((error: unknown) => {
    session.close();
    throw error;
  });
  if (request.upgrade?.protocol === 'websocket') return overWebSocket(request.upgrade, session);
  const end = async (): Promise<void> => {
    session.close();
    stop.abort();
    await Promise.all([session.ended, place?.release()]); // a function stands still as soon as its answer is over
  };
  const headers = new Headers({ 'content-type': 'text/plain', 'cache-control': 'no-cache, private' });
  return request.sendLong({ chunks: bytesOf(session.open('output')), headers, end });
}

/** Where nobody hears that a client has left, a followed log takes a watch's place, and ends before the function does. */
async function placeFor({ deps, query, watches }: ResourceRequest, stop: AbortController): Promise<WatchPlace | undefined> {
  const { clientsLeaveUnheard, defaultDurationMs: durationMs } = deps.config.watch;
  if (!clientsLeaveUnheard || !isTrue(query.get('follow'))) return undefined;
  const place = await watches.take({ durationMs, comesAgain: false });
  place.lost.addEventListener('abort', () => stop.abort(), { once: true });
  void deps.clock.sleep(durationMs, stop.signal).then(() => stop.abort());
  return place;
}

const BINARY = 'binary.k8s.io';
const BASE64 = 'base64.binary.k8s.io';

/** As Kubernetes serves every stream to who asks for a WebSocket: bare pieces, one a message. */
async function overWebSocket(upgrade: Upgrade, session: RelaySession): Promise<Response> {
  const chosen = upgrade.subprotocols.find((name) => name === BINARY || name === BASE64);
  const socket = await upgrade.acceptWebSocket(chosen);
  void socket.receive().finally(() => session.close()).catch(() => undefined); // nothing is expected of the client but its end
  const output = session.open('output');
  const write = (bytes: Uint8Array): Promise<void> => socket.send(chosen === BASE64 ? encodeBase64(bytes) : bytes);
  void pump(output, { write, end: () => socket.close() }).catch(() => socket.close());
  return switched();
}

function containerOf({ metadata, spec }: Pod, asked: string): string {
  const own = (spec?.containers ?? []).map(({ name }) => name);
  const all = [...own, ...(spec?.initContainers ?? []).map(({ name }) => name), ...(spec?.ephemeralContainers ?? []).map(({ name }) => name)];
  if (asked !== '') {
    if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
    return asked;
  }
  const preferred = metadata.annotations?.[DEFAULT_CONTAINER];
  if (preferred && all.includes(preferred)) return preferred;
  if (own.length === 1 && own[0]) return own[0];
  if (own.length === 0) throw internalError(`pod ${metadata.name} has no containers`);
  const init = (spec?.initContainers ?? []).map(({ name }) => name);
  const also = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : '';
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${own.join(' ')}]${also}`);
}

const AT_LEAST: Record<string, number> = { tailLines: 0, limitBytes: 1, sinceSeconds: 1 };

function requireValidOptions(name: string, query: URLSearchParams): void {
  const errors: FieldError[] = [];
  for (const [field, least] of Object.entries(AT_LEAST)) {
    const text = query.get(field);
    if (text === null) continue;
    if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    const why = least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0';
    if (Number(text) < least) errors.push({ type: 'FieldValueInvalid', field, message: `Invalid value: ${Number(text)}: ${why}` });
  }
  if (query.get('sinceSeconds') !== null && query.get('sinceTime') !== null) errors.push({ type: 'FieldValueForbidden', field: '', message: 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified' });
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, name, errors);
}
