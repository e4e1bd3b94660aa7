import type { MessageSocket } from '#api/connection/message-socket';
import { openedWithin } from '#api/relay/opening';
import type { RelayAddress } from '#api/relay/protocol';
import { RelaySession } from '#api/relay/session';
import type { Clock } from '#ports/clock';
import { PortError } from '#ports/errors';
import type { Relay, RelayDoor } from '#ports/relay';
import type { RelaySessions } from './sessions.ts';

export interface GatewayRelayOptions {
  sessions: RelaySessions;
  /** Of the WebSocket API, with its stage. */
  url: string;
  piecesInFlight: number;
  dial(address: RelayAddress, signal: AbortSignal): Promise<MessageSocket>;
  clock: Clock;
}

/**
 * Sessions whose two ends both dial API Gateway: a function that serves one request can be an end, and so can a client. The node is woken when the
 * asker has come, so whoever comes to it is answered.
 */
export function createGatewayRelay({ sessions, url, piecesInFlight, dial, clock }: GatewayRelayOptions): Required<Relay> & RelayDoor {
  const addressFor = (ticket: string): RelayAddress => ({ url, ticket, piecesInFlight });
  const invite: Required<Relay>['invite'] = async (cluster, node, request) => addressFor(await sessions.create(cluster, node, request));
  return {
    invite,

    async open(cluster, node, request, { timeoutMs, signal }) {
      const session = new RelaySession(await dial(await invite(cluster, node, request), signal));
      signal.addEventListener('abort', () => session.close(), { once: true });
      const opened = await openedWithin(session, timeoutMs, clock.sleep);
      if (opened === undefined) throw new PortError('Unavailable', `the agent of node ${node} did not answer within ${timeoutMs / 1000} s`);
      return opened;
    },

    async take(cluster, node) {
      const waiting = await sessions.waiting(cluster, node);
      return waiting.map(({ session, request, ticket }) => ({ session, request, address: addressFor(ticket) }));
    },
  };
}
