import type { MessageSocket } from '#api/connection/message-socket';

export interface WebSocketRequest {
  /** With its query. */
  path: string;
  protocols?: string[];
  signal?: AbortSignal;
}

/** Opens a WebSocket at a server; it is dialled anew each time. */
export type Connect = (request: WebSocketRequest) => Promise<MessageSocket>;
