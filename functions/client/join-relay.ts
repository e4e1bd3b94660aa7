import type { MessageSocket } from '#api/connection/message-socket';
import { OrderedSocket } from '#api/relay/ordered-socket';
import type { RelayAddress } from '#api/relay/protocol';
import { systemClock } from './clock.ts';
import { openWebSocket } from './open-web-socket.ts';
import type { ServerAddress } from './server-address.ts';

export type JoinRelay = (address: RelayAddress, signal?: AbortSignal) => Promise<MessageSocket>;

/** One end of a relay session that both ends dial. A ticket that nobody takes is an `ApiError`. */
export async function joinRelay(trust: Pick<ServerAddress, 'ca' | 'insecureSkipTlsVerify'>, { url, ticket, piecesInFlight }: RelayAddress, signal?: AbortSignal): Promise<MessageSocket> {
  const link = await openWebSocket({ ...trust, server: url, token: ticket }, { path: '', ...(signal === undefined ? {} : { signal }) });
  return new OrderedSocket(link, { clock: systemClock, piecesInFlight });
}
