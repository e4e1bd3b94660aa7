import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import type { Connect } from './connect.ts';
import { joinRelay, type JoinRelay } from './join-relay.ts';
import { openWebSocket } from './open-web-socket.ts';
import type { ServerAddress } from './server-address.ts';
import type { HttpRequest, HttpResponse, Transport } from './transport.ts';

export interface HttpsTransport {
  send: Transport;
  connect: Connect;
  joinRelay: JoinRelay;
  /** Closes the idle connections. */
  close(): void;
}

/** Connections are kept alive and shared; watches and long polls take one each, so their number is not bounded here. */
export function httpsTransport(address: ServerAddress): HttpsTransport {
  const base = new URL(address.server);
  const secure = base.protocol === 'https:';
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, keepAliveMsecs: 15_000, ...(address.ca === undefined ? {} : { ca: address.ca }), ...address.certificate, rejectUnauthorized: address.insecureSkipTlsVerify !== true })
    : new HttpAgent({ keepAlive: true, keepAliveMsecs: 15_000 });
  const own: Record<string, string> = { 'user-agent': address.program ?? 'zeroplane', ...(address.token === undefined ? {} : { authorization: `Bearer ${address.token}` }) };
  const open = secure ? httpsRequest : httpRequest;

  const sendOnce = (request: HttpRequest): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const outgoing = open({
        agent,
        host: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port === '' ? (secure ? 443 : 80) : Number(base.port),
        method: request.method,
        path: base.pathname.replace(/\/$/, '') + request.path,
        headers: { ...own, ...request.headers, ...(typeof request.body !== 'string' ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }) },
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      outgoing.on('response', (incoming) => resolve(responseOf(incoming)));
      outgoing.on('error', (error: NodeJS.ErrnoException) => reject(Object.assign(error, { staleConnection: outgoing.reusedSocket && error.code === 'ECONNRESET' })));
      if (typeof request.body === 'object') pipeline(Readable.from(request.body), outgoing, () => undefined); // a failure is the request's own error
      else outgoing.end(request.body);
    });

  return { send: (request) => onFreshConnection(request, sendOnce), connect: (request) => openWebSocket(address, request), joinRelay: (relay, signal) => joinRelay(address, relay, signal), close: () => agent.destroy() };
}

/** A kept connection that the server has just closed fails before it carries anything: such a read is sent once more. */
async function onFreshConnection(request: HttpRequest, send: Transport): Promise<HttpResponse> {
  try {
    return await send(request);
  } catch (error) {
    const stale = (error as { staleConnection?: boolean }).staleConnection === true;
    if (!stale || request.method !== 'GET') throw error;
    return send(request);
  }
}

function responseOf(incoming: IncomingMessage): HttpResponse {
  return {
    status: incoming.statusCode ?? 0,
    header: (name) => {
      const value = incoming.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: incoming,
  };
}
