import { WebSocket } from 'ws';
import type { MessageSocket } from '#api/connection/message-socket';
import type { WebSocketRequest } from './connect.ts';
import { apiErrorOf } from './api-error.ts';
import { messageSocketOf } from './message-socket.ts';
import type { ServerAddress } from './server-address.ts';

const HANDSHAKE_TIMEOUT_MS = 30_000;
const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_REFUSAL_BYTES = 64 * 1024;

/** A refusal is an `ApiError`, as for every other request. */
export function openWebSocket(address: ServerAddress, { path, protocols = [], signal }: WebSocketRequest): Promise<MessageSocket> {
  const url = address.server.replace(/^http/, 'ws').replace(/\/$/, '') + path;
  const socket = new WebSocket(url, protocols, {
    headers: address.token === undefined ? {} : { authorization: `Bearer ${address.token}` },
    ...(address.ca === undefined ? {} : { ca: address.ca }),
    ...address.certificate,
    rejectUnauthorized: address.insecureSkipTlsVerify !== true,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const end = (): void => socket.terminate();
  signal?.addEventListener('abort', end, { once: true });
  socket.once('close', () => signal?.removeEventListener('abort', end));
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(messageSocketOf(socket, { ping: true })));
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += body.length > MAX_REFUSAL_BYTES ? '' : chunk.toString()));
      response.on('end', () => reject(apiErrorOf(response.statusCode ?? 0, body)));
      response.on('error', reject);
    });
  });
}
