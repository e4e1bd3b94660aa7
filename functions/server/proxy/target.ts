import type { KubeObject } from '#api/object';
import { badRequest, notFound, StatusError } from '#api/status';
import { builtIn } from '../lookup.ts';
import type { ResourceRequest } from '../routes/resource-request.ts';
import type { Pod } from '../streams/pod-session.ts';

/** Where a proxied request goes: a port of a pod's address, by way of its node. */
export interface ProxyTarget {
  tls: boolean;
  node: string;
  pod: { namespace: string; pod: string; podUid: string };
  address: string;
  port: number;
}

interface SchemeNamePort {
  scheme: string;
  name: string;
  port: string;
}

export async function targetOf(request: ResourceRequest): Promise<ProxyTarget> {
  const kind = request.resource.resource === 'services' ? 'service' : 'pod';
  const wanted = schemeNamePortOf(request.info.name);
  if (wanted === undefined) throw badRequest(`invalid ${kind} request ${JSON.stringify(request.info.name)}`);
  request.name = wanted.name;
  return kind === 'service' ? serviceTarget(request, wanted) : podTarget(await podNamed(request, wanted.name), wanted);
}

/** `[scheme:]name[:port]`; with a scheme the port may be empty. */
export function schemeNamePortOf(text: string): SchemeNamePort | undefined {
  const parts = text.split(':');
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  const isKnown = parts.length <= 3 && name !== '' && ['', 'http', 'https'].includes(scheme);
  return isKnown ? { scheme, name, port } : undefined;
}

async function podNamed({ deps, info }: ResourceRequest, name: string): Promise<Pod> {
  const { object } = await deps.store.get({ resource: builtIn('', 'pods'), namespace: info.namespace, name });
  return object;
}

function podTarget(pod: Pod, { scheme, port }: SchemeNamePort): ProxyTarget {
  const tls = scheme === 'https';
  const first = pod.spec?.containers?.find(({ ports }) => (ports ?? []).length > 0)?.ports?.[0]?.containerPort;
  const address = pod.status?.podIP ?? '';
  const number = port === '' ? (first ?? (tls ? 443 : 80)) : Number(port);
  if (address !== '' && !(number >= 1 && number <= 65_535)) throw unreachable(`dial tcp: lookup tcp/${port}: unknown port`);
  return through(pod, { tls, port: number, address });
}

function through(pod: Pod, { tls, port, address }: Pick<ProxyTarget, 'tls' | 'port' | 'address'>): ProxyTarget {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  const node = pod.spec?.nodeName ?? '';
  if (address === '' || node === '') throw badRequest('address not allowed');
  
  return { tls, port, address, node, pod: { namespace, pod: name, podUid: uid } };
}

interface Service extends KubeObject {
  spec?: { type?: string; ports?: { name?: string; port: number }[] };
}

interface EndpointSlice extends KubeObject {
  ports?: { name?: string; port?: number }[];
  endpoints?: { addresses?: string[]; conditions?: { ready?: boolean }; targetRef?: { kind?: string; name?: string } }[];
}

async function serviceTarget(request: ResourceRequest, { scheme, name, port }: SchemeNamePort): Promise<ProxyTarget> {
  const { deps, info } = request;
  const stored = await deps.store.get({ resource: builtIn('', 'services'), namespace: info.namespace, name });
  const service: Service = stored.object;
  // It has no endpoints of its own: there is nothing of that name to reach.
  if (service.spec?.type === 'ExternalName') throw notFound(request.resource, name);
  const portName = portNameOf(service, name, port);
  const { items } = await deps.store.list(builtIn('discovery.k8s.io', 'endpointslices'), {
    namespace: info.namespace,
    matches: (slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name,
  });
  const ready = items.flatMap(({ object }) => readyEndpoints(object, portName));
  const chosen = ready.length === 0 ? undefined : ready[deps.ids.integer(ready.length)];
  if (chosen === undefined) throw new StatusError(503, 'ServiceUnavailable', `no endpoints available for service "${name}"`);
  return through(await podNamed(request, chosen.pod), { tls: scheme === 'https', port: chosen.port, address: chosen.address });
}

/** A port is named, or given by the number that the Service has for it. */
function portNameOf({ spec }: Service, name: string, port: string): string {
  if (!/^\d+$/.test(port)) return port;
  const found = spec?.ports?.find((one) => one.port === Number(port));
  if (found === undefined) throw new StatusError(503, 'ServiceUnavailable', `no service port ${Number(port)} found for service "${name}"`);
  return found.name ?? '';
}

// Only pods are reached: an address that somebody wrote into an Endpoints of their own is not.
function readyEndpoints({ ports, endpoints }: EndpointSlice, portName: string): { pod: string; address: string; port: number }[] {
  const port = ports?.find(({ name }) => (name ?? '') === portName)?.port;
  if (port === undefined) return [];
  return (endpoints ?? []).flatMap(({ addresses, conditions, targetRef }) => {
    const address = addresses?.[0];
    const isReady = conditions?.ready !== false && targetRef?.kind === 'Pod' && targetRef.name !== undefined;
    return isReady && address !== undefined ? [{ pod: targetRef.name ?? '', address, port }] : [];
  });
}

export function unreachable(why: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', `error trying to reach service: ${why}`);
}
