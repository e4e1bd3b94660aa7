import { request as httpRequest, type Agent } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import type { FetchHandler } from './fetch-handler.ts';
import { headersOf } from './http-exchange.ts';

const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host'];
const EMPTY = new Set([204, 304]);

/** Hands requests on to a server as they come, and its answers back, byte for byte as they come. */
export function forwardTo({ server, agent }: { server: string; agent: Agent }): FetchHandler {
  const base = new URL(server);
  const open = base.protocol === 'https:' ? httpsRequest : httpRequest;
  return (request, { body }) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(request.url);
      const headers = Object.fromEntries([...request.headers].filter(([name]) => !HOP_BY_HOP.includes(name)));
      const outgoing = open({ agent, host: base.hostname.replace(/^\[|\]$/g, ''), port: base.port || (base.protocol === 'https:' ? 443 : 80), method: request.method, path: base.pathname.replace(/\/$/, '') + pathname + search, headers, signal: request.signal });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const answered = headersOf(incoming);
        for (const name of HOP_BY_HOP) answered.delete(name);
        const { statusCode: status = 502 } = incoming;
        const isEmpty = EMPTY.has(status) || request.method === 'HEAD';
        if (isEmpty) incoming.resume();
        resolve(new Response(isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>), { status, headers: answered }));
      });
      const sent = body.stream();
      if (sent === null) outgoing.end();
      else pipeline(Readable.from(sent), outgoing, () => undefined); // a failure is the request's own error
    });
}
