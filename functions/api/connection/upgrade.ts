import type { ByteChannel } from './byte-channel.ts';
import type { MessageSocket } from './message-socket.ts';

/**
 * A request that wants to leave HTTP. It passes the same chain as every other; whoever serves it accepts once, and until then any Response
 * refuses it.
 */
export interface Upgrade {
  /** The Upgrade header, in lower case: `websocket`, `spdy/3.1`. */
  readonly protocol: string;
  /** Of Sec-WebSocket-Protocol, in the client's order. */
  readonly subprotocols: readonly string[];
  /** With `ping`, a client that answers none for a minute is given up. */
  acceptWebSocket(subprotocol?: string, options?: { ping: boolean }): Promise<MessageSocket>;
  /** Answers 101 with these headers; what follows is the caller's. */
  acceptBytes(headers: Record<string, string>): ByteChannel;
}
