import type { MessageSocket } from '#api/connection/message-socket';
import { socketPair } from '#api/connection/socket-pair';
import { serveUpgrade } from '#api/relay/serve-upgrade';
import { StatusError } from '#api/status';
import { ApiError } from './api-error.ts';
import type { Connect, WebSocketRequest } from './connect.ts';
import { invitedSession, type InvitedSession, type RelayClient } from './relay-invitation.ts';

/**
 * WebSockets to pods at any server: where none can be upgraded, the session is joined and what the server would do with it is done here, so that
 * who asks need not know. Which server it is, is learned with the first.
 */
export function connectTo(client: RelayClient & { connect: Connect }): Connect {
  let upgrades = false;
  return async (request) => {
    if (!upgrades) {
      const { path, signal } = request;
      const invited = await invitedSession(client, { path, headers: {}, ...(signal === undefined ? {} : { signal }) });
      if (invited !== undefined) return connectionOver(invited, request);
      upgrades = true;
    }
    return client.connect(request);
  };
}

async function connectionOver({ request, opened }: InvitedSession, { path, protocols = [], signal }: WebSocketRequest): Promise<MessageSocket> {
  const { one, other } = socketPair();
  signal?.addEventListener('abort', () => one.close(), { once: true });
  let protocol = '';
  const upgrade = {
    protocol: 'websocket',
    subprotocols: protocols,
    acceptWebSocket: async (chosen = '') => {
      protocol = chosen;
      return one;
    },
    acceptBytes: () => {
      throw new Error('a WebSocket is no plain connection');
    },
  };
  const port = (): number => Number(new URL(path, 'https://server.invalid').searchParams.get('ports'));
  try {
    await serveUpgrade({ upgrade, headers: new Headers() }, request, { opened, port });
  } catch (error) {
    if ('session' in opened) opened.session.close();
    throw error instanceof StatusError ? new ApiError({ code: error.code, reason: error.reason ?? '', message: error.message }) : error;
  }
  return { ...other, protocol };
}
