import type { ByteChannel } from '#api/connection/byte-channel';

/** One HTTP/1.1 request over a connection that stands already, such as one through the relay. The connection is used up by it. */
export type HttpExchange = (connection: ByteChannel, request: ExchangeRequest) => Promise<ExchangeAnswer>;

export interface ExchangeRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: Headers;
  body: AsyncIterable<Uint8Array> | null;
  /** Speak TLS, whatever certificate there is: the connection itself says where it ends. */
  tls: boolean;
  signal: AbortSignal;
}

export interface ExchangeAnswer {
  status: number;
  statusText: string;
  headers: Headers;
  /** null with `upgraded`. */
  body: ReadableStream<Uint8Array> | null;
  /** After a 101: the connection, which is the caller's now. */
  upgraded?: ByteChannel;
}
