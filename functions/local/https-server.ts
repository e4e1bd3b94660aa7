import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import type { KeyPair } from '#adapters/certificates/authority';
import type { FetchHandler } from './fetch-handler.ts';
import { bodyOf, sendOver } from './node-exchange.ts';
import { serveUpgrades, type Upgrades } from './upgrades.ts';

export interface HttpsServer {
  /** Stops taking connections and ends those that are open: watches and waits end by their clients coming again. */
  close(): Promise<void>;
}

// kube-apiserver closes idle connections after 3 minutes; ours outlives the clients' own 90 s, so that it is never the server
// that closes a connection which a client is about to use.
const KEEP_ALIVE_MS = 180_000;
const HEADERS_TIMEOUT_MS = 30_000;
// For a request to come in whole, answered or not: who sends a byte a minute does not hold a connection for ever. Answers, and
// what a connection becomes after an upgrade, are not bounded by it; uploads through a proxy are.
const REQUEST_TIMEOUT_MS = 300_000;
// Node's own 16 KiB are less than a long token with many impersonated groups takes; Go's servers allow 1 MiB.
const MAX_HEADER_BYTES = 128 * 1024;

export interface HttpsServerOptions {
  handler: FetchHandler;
  serving: KeyPair;
  port: number;
  host: string;
  requestTimeoutMs?: number;
}

/** HTTPS over a fetch handler. Resolves when it listens; a taken port is the listen error itself (EADDRINUSE). */
export async function listenHttps(options: HttpsServerOptions): Promise<HttpsServer> {
  // It replaces this process's Request and Response by light ones that become the web's own only when something of theirs is asked for.
  const listener = getRequestListener((request, { incoming, outgoing }) =>
    options.handler(request, { body: bodyOf(incoming as IncomingMessage), sendLong: sendOver(outgoing as ServerResponse) }),
  );
  const tls = { cert: options.serving.certificate, key: options.serving.privateKey, minVersion: 'TLSv1.2' } as const;
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const times = { requestTimeout, headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeout), connectionsCheckingInterval: Math.min(HEADERS_TIMEOUT_MS, requestTimeout) };
  const server = createServer({ ...tls, ...times, maxHeaderSize: MAX_HEADER_BYTES }, (incoming, outgoing) => void listener(incoming, outgoing));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port }, resolve);
  });
  const upgrades = serveUpgrades(server, options.handler);
  return { close: () => closeServer(server, upgrades) };
}

async function closeServer(server: Server, upgrades: Upgrades): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await upgrades.close();
  await closed;
}
