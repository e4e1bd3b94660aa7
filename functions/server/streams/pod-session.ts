import type { KubeObject } from '#api/object';
import type { OpenedRelay } from '#api/relay/opening';
import type { RelayCause, RelayRequest } from '#api/relay/protocol';
import type { RelaySession } from '#api/relay/session';
import { badRequest, forbidden, internalError, StatusError, unavailable } from '#api/status';
import { accessOf } from '../authorize/attributes.ts';
import { authorize } from '../authorize/authorize.ts';
import { refOf, type ResourceRequest } from '../routes/resource-request.ts';

export interface Pod extends KubeObject {
  spec?: { nodeName?: string; containers?: Container[]; initContainers?: Container[]; ephemeralContainers?: Container[] };
  status?: { podIP?: string; podIPs?: { ip?: string }[] };
}

interface Container {
  name: string;
  ports?: { name?: string; containerPort?: number }[];
}

// The agent has to be woken and to dial back before the first byte.
const OPEN_TIMEOUT_MS = 15_000;

/**
 * Whoever may reach into a pod needs the right to create, also where the request is a GET, as those of WebSockets are: "get" is what a
 * reader is given for everything.
 */
export async function requireCreate({ deps, user, info, resource }: ResourceRequest): Promise<void> {
  if (info.verb === 'create') return;
  const decision = await authorize(deps.store, { user, access: { ...accessOf(info), verb: 'create' } });
  if (!decision.allowed) throw forbidden(resource, info.name, decision.reason);
}

export async function podOf(request: ResourceRequest): Promise<Pod> {
  const { object } = await request.deps.store.get(refOf(request));
  return object;
}

/** The container that a stream is for; only a pod of one needs no name. */
export function containerOf({ metadata, spec }: Pod, asked: string): string {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...(spec?.ephemeralContainers ?? [])].map(({ name }) => name);
  if (asked !== '') {
    if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
    return asked;
  }
  if (all.length === 1 && all[0]) return all[0];
  if (all.length === 0) throw badRequest(`a container name must be specified for pod ${metadata.name}`);
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${all.join(' ')}]`);
}

export function nodeOf({ metadata, spec }: Pod): string {
  if (!spec?.nodeName) throw badRequest(`pod ${metadata.name} does not have a host assigned`);
  return spec.nodeName;
}

/** Asks the pod's node; `signal` ends the session, whatever it has come to. */
export async function openRelay({ deps }: Pick<ResourceRequest, 'deps'>, node: string, request: RelayRequest, signal: AbortSignal): Promise<OpenedRelay> {
  if (deps.relay === undefined) throw unavailable(`${request.kind} is not available here: this control plane has no relay to its nodes`);
  return deps.relay.open(deps.store.cluster, node, request, { timeoutMs: OPEN_TIMEOUT_MS, signal });
}

/** As `openRelay`, where a refusal is the answer. */
export async function openSession(request: ResourceRequest, node: string, relayed: RelayRequest, signal: AbortSignal): Promise<RelaySession> {
  const opened = await openRelay(request, node, relayed, signal);
  if ('refusal' in opened) throw statusOf(opened.refusal);
  return opened.session;
}

export function statusOf({ code, reason, message }: RelayCause): StatusError {
  return code >= 500 ? internalError(message) : new StatusError(code, reason, message);
}
