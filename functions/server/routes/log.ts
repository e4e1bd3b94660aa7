import type { FieldError } from '#api/field-error';
import type { KubeObject } from '#api/object';
import { badRequest, internalError, invalid, StatusError, unavailable } from '#api/status';
import { refOf, type ResourceRequest } from './resource-request.ts';

interface Pod extends KubeObject {
  spec?: { nodeName?: string; containers?: Named[]; initContainers?: Named[]; ephemeralContainers?: Named[] };
}

interface Named {
  name: string;
}

// The agent has to be woken and to dial back before the first byte.
const OPEN_TIMEOUT_MS = 15_000;
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** `pods/NAME/log`: the bytes come from the pod's node, over the relay. */
export async function podLog(request: ResourceRequest): Promise<Response> {
  const { deps, info, query } = request;
  const pod = (await deps.store.get(refOf(request))).object as Pod;
  requireValidOptions(info.name, query);
  const container = containerOf(pod, query.get('container') ?? '');
  const node = pod.spec?.nodeName;
  if (!node) return new Response(null, { status: 204 }); // nothing has run yet
  if (deps.relay === undefined) throw unavailable('logs are not available here: this control plane has no relay to its nodes');

  const stop = new AbortController();
  request.request.signal.addEventListener('abort', () => stop.abort(), { once: true });
  const relayed = { kind: 'logs' as const, namespace: info.namespace, pod: info.name, podUid: pod.metadata.uid ?? '', container, options: Object.fromEntries(query) };
  const stream = await deps.relay.open(deps.store.cluster, node, relayed, { timeoutMs: OPEN_TIMEOUT_MS, signal: stop.signal });
  if (stream.refusal) throw new StatusError(stream.refusal.code, stream.refusal.reason, stream.refusal.message);
  return new Response(stream.output, { headers: { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' } });
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
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, name, errors);
}
