import { Agent, request } from 'node:https';

/** A client of the real kube-apiserver that `up.sh` starts. */
export interface Peer {
  /** `mediaType` is that of the body, or, without a body, of the answer. */
  send(method: string, path: string, body?: string, mediaType?: string): Promise<PeerAnswer>;
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
          const warnings = response.headersDistinct['warning'] ?? [];
          resolve({ code: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || '{}'), warnings });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
}
