import { request } from 'node:https';

/** A real kube-apiserver, asked while recording. Its certificate is its own, on loopback. */
export interface Peer {
  server: string;
  token: string;
}

export interface PeerRequest {
  method?: string;
  accept?: string;
  contentType?: string;
  body?: string | Uint8Array;
}

export function peerOfArguments(usage: string): Peer {
  const [server, token] = process.argv.slice(2);
  if (server === undefined || token === undefined) throw new Error(`usage: npx tsx ${usage} https://HOST:PORT TOKEN`);
  return { server, token };
}

export async function ask({ server, token }: Peer, path: string, options: PeerRequest = {}): Promise<{ status: number; body: Buffer }> {
  const { method = 'GET', accept = 'application/json', contentType = 'application/json', body } = options;
  return await new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept, ...(body !== undefined && { 'content-type': contentType }) };
    const call = request(`${server}${path}`, { method, headers, rejectUnauthorized: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    call.on('error', reject).end(body);
  });
}
