import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { KeyPair } from '../../support/certificates.ts';
import type { Answer, Call } from '../endpoint/call.ts';
import { type Connection, Connections, newConnectionId } from './websocket-connections.ts';

export interface WebSocketApiDefinition {
  id: string;
  stage: string;
}

export type Route = '$connect' | '$disconnect' | '$default';

export interface WebSocketGateway {
  port: number;
  /** Until then connections are refused. */
  serve(api: WebSocketApiDefinition, invoke: Served['invoke']): void;
  /** `@connections`. */
  answer(call: Pick<Call, 'operation' | 'body' | 'path'>): Answer;
  close(): Promise<void>;
}

const MAX_FRAME_BYTES = 32 * 1024;
const IDLE_MS = 10 * 60_000;
const LIFE_MS = 2 * 3_600_000;
const LOOK_MS = 1_000;
const CLOSE = { goingAway: 1001, unsupported: 1003 } as const;

export interface GatewayEvent extends Record<string, unknown> {
  requestContext: Record<string, unknown> & { connectionId: string };
}

interface Served {
  api: WebSocketApiDefinition;
  invoke(route: Route, event: GatewayEvent): Promise<unknown>;
}

/**
 * API Gateway's WebSocket APIs: each connection, message and end is an event of its own for a function, in no order. What clients send are text frames of
 * 32 KB at most: they send none in several frames, so the bound of a frame is that of a message here.
 */
export async function openWebSocketGateway(serving: KeyPair, address = '127.0.0.1'): Promise<WebSocketGateway> {
  let served: Served | undefined;
  const connections = new Connections();
  const upgrades = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (_request, response) => response.writeHead(403).end('{"message":"Missing Authentication Token"}'));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined); // a client that goes is no failure
    if (served === undefined || request.url?.split('?')[0] !== `/${served.api.stage}`) return refuse(socket, 403);
    const connected = { ...served, connections, request, host: request.headers.host ?? '' };
    accept(connected, (taken) => upgrades.handleUpgrade(request, socket, head, taken), (status) => refuse(socket, status));
  });
  const bounds = setInterval(() => connections.all().forEach(endOld), LOOK_MS);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    serve: (api, invoke) => void (served = { api, invoke }),
    answer: (call) => connections.answer(call, decodeURIComponent(call.path.slice(call.path.lastIndexOf('/') + 1))),
    async close() {
      clearInterval(bounds);
      for (const { socket } of connections.all()) socket.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Connecting extends Served {
  connections: Connections;
  request: IncomingMessage;
  host: string;
}

/** The function says whether the connection is taken, before the client hears anything. */
function accept(connecting: Connecting, take: (taken: (socket: WebSocket) => void) => void, refused: (status: number) => void): void {
  const id = newConnectionId();
  const { invoke, request, connections } = connecting;
  invoke('$connect', eventOf(connecting, id, { routeKey: '$connect', eventType: 'CONNECT', withHeaders: true })).then(
    (answer) => {
      const { statusCode = 200 } = (answer ?? {}) as { statusCode?: number };
      if (statusCode >= 300) return refused(statusCode);
      take((socket) => follow(connecting, connections.add(socket, id, request)));
    },
    () => refused(502),
  );
}

function follow(connecting: Connecting, connection: Connection): void {
  const { invoke, connections } = connecting;
  const { socket, id } = connection;
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) return socket.close(CLOSE.unsupported, 'Binary is not supported');
    connection.lastActiveAtMs = Date.now();
    const messageId = randomUUID();
    invoke('$default', { ...eventOf(connecting, id, { routeKey: '$default', eventType: 'MESSAGE', messageId }), body: data.toString() }).catch(() => {
      socket.send(JSON.stringify({ message: 'Internal server error', connectionId: id, requestId: messageId }));
    });
  });
  socket.on('error', () => undefined); // its end is told below
  socket.on('close', (disconnectStatusCode, reason) => {
    connections.remove(id);
    const event = eventOf(connecting, id, { routeKey: '$disconnect', eventType: 'DISCONNECT', disconnectStatusCode, disconnectReason: reason.toString(), withHeaders: true });
    invoke('$disconnect', event).catch(() => undefined); // best effort
  });
}

function eventOf({ api, request, host }: Connecting, connectionId: string, { withHeaders, ...own }: { routeKey: Route; eventType: string; withHeaders?: boolean; [field: string]: unknown }): GatewayEvent {
  const nowMs = Date.now();
  const headers = Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (value === undefined ? [] : [[asSent(name), String(value)]])));
  return {
    ...(withHeaders === true ? { headers, multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) } : {}),
    requestContext: {
      ...own,
      extendedRequestId: randomUUID(),
      requestTime: new Date(nowMs).toUTCString(),
      messageDirection: 'IN',
      stage: api.stage,
      connectedAt: nowMs,
      requestTimeEpoch: nowMs,
      identity: { sourceIp: request.socket.remoteAddress ?? '', userAgent: request.headers['user-agent'] ?? '' },
      requestId: randomUUID(),
      domainName: host,
      connectionId,
      apiId: api.id,
    },
    isBase64Encoded: false,
  };
}

// Node has them in lower case; API Gateway hands them on as they came.
function asSent(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function endOld({ socket, connectedAtMs, lastActiveAtMs }: Connection): void {
  const nowMs = Date.now();
  if (nowMs - lastActiveAtMs > IDLE_MS || nowMs - connectedAtMs > LIFE_MS) socket.close(CLOSE.goingAway, 'Going away');
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}
