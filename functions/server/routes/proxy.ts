import { concat } from '#api/codec/concat';
import { join } from '#api/connection/byte-channel';
import { errorText } from '#api/error-text';
import { methodNotAllowed } from '#api/status';
import type { ExchangeAnswer } from '#ports/http-exchange';
import { rewriteHtml, rewriteLink, type ProxyPlace } from '../proxy/rewrite.ts';
import { targetOf, unreachable, type ProxyTarget } from '../proxy/target.ts';
import { openRelay } from '../streams/pod-session.ts';
import { switched } from '../streams/switched.ts';
import type { ResourceRequest } from './resource-request.ts';

/** `pods/NAME/proxy/...` and `services/NAME/proxy/...`: any HTTP request to a port of a pod, upgraded ones too, over the relay. */
export async function proxy(request: ResourceRequest): Promise<Response> {
  const { deps, request: raw, upgrade } = request;
  if (deps.exchangeHttp === undefined) throw methodNotAllowed();
  const url = new URL(raw.url);
  const { prefix, rest, search } = pathOf(url);
  const target = await targetOf(request);
  // Relative links of the first page need the slash.
  if (rest === '' && (raw.method === 'GET' || raw.method === 'HEAD')) return new Response(null, { status: 301, headers: { location: `${prefix}/${search}` } });

  const over = new AbortController();
  raw.signal.addEventListener('abort', () => over.abort(), { once: true });
  const { address, port, pod, tls } = target;
  const opened = await openRelay(request, target.node, { kind: 'dial', ...pod, address, port }, over.signal);
  if ('refusal' in opened) throw unreachable(opened.refusal.message);
  const { session } = opened;
  try {
    const path = `${rest === '' ? '/' : rest}${search}`;
    const asked = { method: raw.method, path, headers: requestHeaders(request, url, prefix + rest), body: request.body.stream(), tls, signal: over.signal };
    const answer = await deps.exchangeHttp(session.open('bytes'), asked);
    if (answer.upgraded !== undefined && upgrade !== undefined) {
      const client = upgrade.acceptBytes(Object.fromEntries(answer.headers));
      void join(client, answer.upgraded).catch(() => undefined).finally(() => session.close());
      return switched();
    }
    return await responseOf(answer, { prefix, hosts: hostsOf(target, raw.headers.get('host') ?? url.host) }, () => session.close());
  } catch (error) {
    session.close();
    throw unreachable(errorText(error));
  }
}

function pathOf({ pathname, search }: URL): { prefix: string; rest: string; search: string } {
  const [, prefix = pathname, rest = ''] = /^((?:\/clusters\/[^/]+)?\/api\/v1\/namespaces\/[^/]+\/[^/]+\/[^/]+\/proxy)(.*)$/.exec(pathname) ?? [];
  return { prefix, rest, search };
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** Who the caller is to this API is nobody else's business. Links can be rewritten in plain text alone. */
function requestHeaders({ request, upgrade }: ResourceRequest, { host, protocol }: URL, path: string): Headers {
  const headers = new Headers(request.headers);
  for (const name of [...HOP_BY_HOP, 'authorization', 'accept-encoding']) headers.delete(name);
  for (const name of [...headers.keys()]) if (name.startsWith('impersonate-')) headers.delete(name);
  headers.set('host', headers.get('host') ?? host);
  headers.set('x-forwarded-uri', path);
  headers.set('x-forwarded-host', host);
  headers.set('x-forwarded-proto', protocol.replace(':', ''));
  if (upgrade !== undefined) {
    headers.set('connection', 'Upgrade');
    headers.set('upgrade', request.headers.get('upgrade') ?? upgrade.protocol);
  }
  return headers;
}

function hostsOf({ address, port }: ProxyTarget, own: string): string[] {
  return [`${address}:${port}`, address, own];
}

async function responseOf({ status, statusText, headers, body }: ExchangeAnswer, place: ProxyPlace, over: () => void): Promise<Response> {
  const answer = new Headers(headers);
  for (const name of HOP_BY_HOP) answer.delete(name);
  for (const name of [...answer.keys()]) if (name.startsWith('access-control-')) answer.delete(name);
  const location = answer.get('location');
  if (location !== null) answer.set('location', rewriteLink(location, place));
  if (body === null) over();
  const isPage = /^text\/html\b/i.test(answer.get('content-type') ?? '') && !answer.has('content-encoding') && Number(answer.get('content-length') ?? 0) <= MAX_PAGE_BYTES;
  if (isPage && body !== null) answer.delete('content-length');
  const content = body === null ? null : isPage ? await pageOf(body, place, over) : endingWith(body.getReader(), over);
  return new Response(content, { status, statusText, headers: answer });
}

const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** A page is taken whole, because a tag may lie across pieces; one that is too long passes as it is. */
async function pageOf(body: ReadableStream<Uint8Array>, place: ProxyPlace, over: () => void): Promise<ReadableStream<Uint8Array> | string> {
  const reader = body.getReader();
  const seen: Uint8Array[] = [];
  for (let length = 0; length <= MAX_PAGE_BYTES; ) {
    const { value } = await reader.read();
    if (value === undefined) {
      over();
      return rewriteHtml(new TextDecoder().decode(concat(seen)), place);
    }
    seen.push(value);
    length += value.length;
  }
  return endingWith(reader, over, seen);
}

function endingWith(reader: ReadableStreamDefaultReader<Uint8Array>, over: () => void, first: Uint8Array[] = []): ReadableStream<Uint8Array> {
  const before = [...first];
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const value = before.shift() ?? (await reader.read()).value;
      if (value !== undefined) return controller.enqueue(value);
      over();
      controller.close();
    },
    cancel: async (reason) => {
      over();
      await reader.cancel(reason).catch(() => undefined);
    },
  });
}
