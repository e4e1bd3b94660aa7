import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

// Function URLs take them away, so that no upgrade ever reaches a function.
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'upgrade', 'transfer-encoding', 'te', 'trailer', 'proxy-connection']);

/** A request as Lambda gives it to a function behind a URL: payload format 2.0. */
export function httpEvent(request: IncomingMessage, body: Buffer): object {
  const [rawPath = '/', rawQueryString = ''] = splitOnce(request.url ?? '/');
  const domainName = request.headers.host ?? '';
  const now = new Date();
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.has(name)).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value])),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'emulated',
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: { method: request.method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: request.socket.remoteAddress ?? '', userAgent: request.headers['user-agent'] ?? '' },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString('base64') }),
    isBase64Encoded: body.length > 0,
  };
}

function splitOnce(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}
