import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyPair } from '../../support/certificates.ts';
import type { ResponseSink } from '../lambda/sandbox.ts';
import { httpEvent } from './http-event.ts';

export interface FunctionUrlOptions {
  port: number;
  serving: KeyPair;
  /** One request; the answer is streamed into the sink. */
  invoke(event: unknown, sink: ResponseSink): Promise<unknown>;
}

export interface FunctionUrl {
  port: number;
  close(): Promise<void>;
}

// Lambda's bound on what comes with an event.
const MAX_REQUEST_BYTES = 6 * 1024 * 1024;

/** HTTPS in front of a function with response streaming. That a client has left, the function never hears. */
export async function openFunctionUrl(options: FunctionUrlOptions): Promise<FunctionUrl> {
  const server = createServer({ cert: options.serving.certificate, key: options.serving.privateKey }, (request, response) => {
    handle(options, request, response).catch((error: unknown) => refuse(response, error));
  });
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, '0.0.0.0', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(options: FunctionUrlOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > MAX_REQUEST_BYTES) return void response.writeHead(413, { connection: 'close' }).end('{"message":"Request Entity Too Large"}');
  }
  await options.invoke(httpEvent(request, Buffer.concat(chunks)), {
    head({ statusCode, headers, cookies }) {
      const { 'content-length': _, ...rest } = headers;
      response.writeHead(statusCode, { ...rest, ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}) });
    },
    chunk: (bytes) => void response.write(bytes),
  });
  response.end();
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy(); // a stream that broke off must not look whole
  const isThrottled = error instanceof Error && error.name === 'Throttled';
  response.writeHead(isThrottled ? 429 : 502, { 'content-type': 'application/json' });
  response.end(isThrottled ? '{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}' : 'Internal Server Error');
}
