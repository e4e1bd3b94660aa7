import { hasCode } from '#ports/errors';
import type { NodeChannel } from '#ports/node-channel';
import type { Connections } from './connections.ts';
import type { RelaySessions } from './sessions.ts';

/** What happens at the WebSocket API, one invocation each, in no order. */
export interface GatewayEvents {
  /** false: the connection is refused. */
  connected(connectionId: string, ticket: string): Promise<boolean>;
  came(connectionId: string, text: string): Promise<void>;
  disconnected(connectionId: string): Promise<void>;
}

export interface GatewayEventsOptions {
  sessions: RelaySessions;
  connections: Connections;
  nodeChannel: Pick<NodeChannel, 'wake'>;
}

const MAX_KNOWN = 1_000;

/** Hands what one end of a session says to the other. */
export function createGatewayEvents({ sessions, connections, nodeChannel }: GatewayEventsOptions): GatewayEvents {
  const peers = new Map<string, string>(); // never changes while a connection lives
  const peerOf = async (connectionId: string): Promise<{ peer?: string } | undefined> => {
    const known = peers.get(connectionId);
    if (known !== undefined) return { peer: known };
    const found = await sessions.connection(connectionId);
    if (peers.size >= MAX_KNOWN) peers.clear();
    if (found?.peer !== undefined) peers.set(connectionId, found.peer);
    return found;
  };

  return {
    async connected(connectionId, ticket) {
      try {
        const { cluster, node, side } = await sessions.join(ticket, connectionId);
        if (side === 'asker') await nodeChannel.wake(cluster, node);
        return true;
      } catch (error) {
        if (hasCode(error, 'Forbidden')) return false;
        throw error;
      }
    },

    async came(connectionId, text) {
      const found = await peerOf(connectionId);
      if (found === undefined) return connections.close(connectionId);
      // Before the other end has come there is nobody; and a connection that is gone may as well be one that is not quite made. What is not
      // acknowledged is said again, and at last given up.
      if (found.peer !== undefined) await connections.post(found.peer, text);
    },

    async disconnected(connectionId) {
      peers.delete(connectionId);
      const peer = await sessions.leave(connectionId);
      if (peer !== undefined) await connections.close(peer);
    },
  };
}
