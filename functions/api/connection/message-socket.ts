/** A WebSocket as either end sees it. */
export interface MessageSocket {
  /** The sub-protocol that both agreed on; empty without one. */
  readonly protocol: string;
  /** Text messages come as strings. undefined: closed in order. Rejects when the connection broke. */
  receive(): Promise<Uint8Array | string | undefined>;
  /** Resolves when there is room for more; rejects when the connection is gone. */
  send(message: Uint8Array | string): Promise<void>;
  close(code?: number, reason?: string): void;
}

/** Of RFC 6455, as far as we say them. */
export const CLOSE = { normal: 1000, goingAway: 1001, protocolError: 1002, internalError: 1011 } as const;
