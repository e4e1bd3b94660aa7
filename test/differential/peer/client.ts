import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { Walked, WatchEvent } from '../walk.ts';

/** A client of the real kube-apiserver that `up.sh` starts. */
export interface Peer {
  /** `mediaType` is that of the body, or, without a body, of the answer. */
  send(method: string, path: string, body?: string, mediaType?: string): Promise<PeerAnswer>;
  watch: Walked['watch'];
  close(): void;
}

export interface PeerAnswer {
  code: number;
  body: unknown;
  warnings: string[];
}

export function connect(port: number): Peer {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const send: Peer['send'] = (method, path, body, mediaType = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = { Authorization: 'Bearer peer-admin-token', ...(body === undefined ? { Accept: mediaType } : { Accept: 'application/json', 'Content-Type': mediaType }) };
      const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent, rejectUnauthorized: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const warnings = (response.headersDistinct['warning'] ?? []).map(warningText);
          resolve({ code: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || '{}'), warnings });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const watch: Walked['watch'] = async (path) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port, path, headers: { Authorization: 'Bearer peer-admin-token' }, agent: false, rejectUnauthorized: false }, resolve);
      outgoing.on('error', reject).end();
    });
    return async (isLast) => {
      const events: WatchEvent[] = [];
      for await (const line of createInterface({ input: response })) {
        events.push(JSON.parse(line) as WatchEvent);
        if (events.slice(-1).some(isLast)) break;
      }
      response.destroy();
      return events;
    };
  };
  return { send, watch, close: () => agent.destroy() };
}

/** The text of `299 - "text"`. */
export function warningText(header: string): string {
  return JSON.parse(header.slice(header.indexOf('"'))) as string;
}
