import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Answer, Call } from '../endpoint/call.ts';

/** One open connection of a WebSocket API. */
export interface Connection {
  id: string;
  connectedAtMs: number;
  lastActiveAtMs: number;
  sourceIp: string;
  userAgent: string;
  socket: WebSocket;
}

const MAX_MESSAGE_BYTES = 128 * 1024;

/** The connections that are open, and what `@connections` says and does about them. */
export class Connections {
  private readonly open = new Map<string, Connection>();

  add(socket: WebSocket, id: string, { socket: { remoteAddress = '' }, headers }: IncomingMessage): Connection {
    const nowMs = Date.now();
    const connection = { id, connectedAtMs: nowMs, lastActiveAtMs: nowMs, sourceIp: remoteAddress, userAgent: headers['user-agent'] ?? '', socket };
    this.open.set(id, connection);
    return connection;
  }

  remove(id: string): void {
    this.open.delete(id);
  }

  all(): Connection[] {
    return [...this.open.values()];
  }

  /** `POST`, `GET` or `DELETE` of one connection. */
  answer({ operation, body }: Pick<Call, 'operation' | 'body'>, id: string): Answer {
    const connection = this.open.get(id);
    if (connection === undefined) return { ...said(410), headers: { 'x-amzn-errortype': 'GoneException' } };
    if (body.length > MAX_MESSAGE_BYTES) return { ...said(413), headers: { 'x-amzn-errortype': 'PayloadTooLargeException' } };
    switch (operation) {
      case 'POST':
        connection.lastActiveAtMs = Date.now();
        connection.socket.send(body.toString());
        return said(200);
      case 'DELETE':
        connection.socket.close(1000);
        this.remove(id); // from now on it is gone, whenever the other end hears of it
        return said(204);
      case 'GET':
        return said(200, { connectedAt: time(connection.connectedAtMs), lastActiveAt: time(connection.lastActiveAtMs), identity: { sourceIp: connection.sourceIp, userAgent: connection.userAgent } });
      default:
        return said(405);
    }
  }
}

/** As API Gateway's look. */
export function newConnectionId(): string {
  return randomBytes(11).toString('base64');
}

function said(status: number, body?: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: body === undefined ? '' : JSON.stringify(body) };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
