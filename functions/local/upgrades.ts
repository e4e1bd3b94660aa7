import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { CLOSE, type MessageSocket } from '#api/connection/message-socket';
import { byteChannelOf } from '#client/byte-channel-of';
import { messageSocketOf } from '#client/message-socket';
import type { Upgrade } from '#api/connection/upgrade';
import { NO_BODY } from '#server/protocol/body';
import type { FetchHandler } from './fetch-handler.ts';
import { headersOf } from './http-exchange.ts';
import { report } from './log.ts';

export interface Upgrades {
  /** Ends what is open: whoever talks over it is told that the server goes. */
  close(): Promise<void>;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;
const CLOSE_GRACE_MS = 1_000;

/** Requests that want to leave HTTP go to the same handler as all others; what it does not accept is answered and closed. */
export function serveUpgrades(server: Server, handler: FetchHandler): Upgrades {
  const open = new Set<Duplex>();
  const sockets = new Set<WebSocket>();
  server.on('upgrade', (incoming: IncomingMessage, connection: Duplex, head: Buffer) => {
    open.add(connection);
    connection.once('close', () => open.delete(connection));
    connection.on('error', () => undefined); // a client that goes is no failure
    void answer(handler, { incoming, connection, head, sockets }).catch((error: unknown) => {
      report({ what: `${incoming.method} ${incoming.url?.split('?')[0]}`, error });
      connection.destroy();
    });
  });
  return {
    async close() {
      for (const socket of sockets) socket.close(CLOSE.goingAway, 'the server ends');
      const late = setTimeout(() => open.forEach((connection) => connection.destroy()), sockets.size === 0 ? 0 : CLOSE_GRACE_MS);
      await Promise.all([...open].map((connection) => new Promise((resolve) => (connection.closed ? resolve(undefined) : connection.once('close', resolve)))));
      clearTimeout(late);
    },
  };
}

interface Incoming {
  incoming: IncomingMessage;
  connection: Duplex;
  head: Buffer;
  sockets: Set<WebSocket>;
}

async function answer(handler: FetchHandler, given: Incoming): Promise<void> {
  const { incoming, connection } = given;
  let accepted = false;
  const accept = <T>(how: () => T): T => {
    if (accepted) throw new Error('the upgrade has been accepted already');
    accepted = true;
    return how();
  };
  const gone = new AbortController();
  connection.once('close', () => gone.abort());
  const upgrade: Upgrade = {
    protocol: (incoming.headers.upgrade ?? '').toLowerCase(),
    subprotocols: subprotocolsOf(incoming),
    acceptWebSocket: (subprotocol, options) => accept(() => acceptWebSocket(given, subprotocol, options)),
    acceptBytes: (headers) => accept(() => acceptBytes(given, headers)),
  };
  const response = await handler(requestOf(incoming, gone.signal), { body: NO_BODY, upgrade });
  if (!accepted) await refuse(connection, response);
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  return new Request(new URL(incoming.url ?? '/', `https://${incoming.headers.host ?? 'localhost'}`), { method: incoming.method ?? 'GET', headers: headersOf(incoming), signal });
}

function subprotocolsOf({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
}

function acceptWebSocket({ incoming, connection, head, sockets }: Incoming, subprotocol: string | undefined, options?: { ping: boolean }): Promise<MessageSocket> {
  const server = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES });
  // The names of Kubernetes' sub-protocols hold a slash, which RFC 6455 has not: `ws` would refuse them.
  delete incoming.headers['sec-websocket-protocol'];
  if (subprotocol !== undefined) server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`));
  return new Promise((resolve, reject) => {
    connection.once('close', () => reject(new Error('the client went during the handshake')));
    server.handleUpgrade(incoming, connection, head, (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      resolve({ ...messageSocketOf(socket, options), protocol: subprotocol ?? '' });
    });
  });
}

function acceptBytes({ connection, head }: Incoming, headers: Record<string, string>) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
  if (head.length > 0) connection.unshift(head);
  return byteChannelOf(connection);
}

async function refuse(connection: Duplex, response: Response): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  const headers = [...response.headers].filter(([name]) => name !== 'content-length' && name !== 'connection').map(([name, value]) => `${name}: ${value}\r\n`);
  connection.write(`HTTP/1.1 ${response.status} ${response.statusText || 'Refused'}\r\n${headers.join('')}content-length: ${body.length}\r\nconnection: close\r\n\r\n`);
  connection.end(body);
}
