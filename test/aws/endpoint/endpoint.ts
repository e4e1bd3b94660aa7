import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readCall, type Answer, type Call, type Service, type Wire } from './call.ts';

export interface EndpointOptions {
  services: Record<Service, (call: Call) => Promise<Answer> | Answer>;
  /** Each call goes through them in this order. */
  wires: Wire[];
  /** Default: the loopback. */
  address?: string | undefined;
}

export interface Endpoint {
  url: string;
  close(): Promise<void>;
}

/** The caller never hears of what its call has done: the connection breaks off instead. */
export class ConnectionLost extends Error {
  override name = 'ConnectionLost';
}

/** The one address of AWS that functions and agents know (AWS_ENDPOINT_URL): hands each call on to the stand-in of its service. */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const server = createServer((incoming, outgoing) => {
    handle(options, incoming, outgoing).catch((error: unknown) => {
      if (error instanceof ConnectionLost) return void outgoing.destroy();
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end(String(error));
    });
  });
  server.requestTimeout = 0;
  const { address = '127.0.0.1' } = options;
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return { url: `http://${address}:${(server.address() as AddressInfo).port}`, close: () => close(server) };
}

async function handle({ services, wires }: EndpointOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const read = readCall(incoming, body);
  if (read === undefined) throw new Error(`a call that the emulated account does not know: ${incoming.method} ${incoming.url}`);
  const left = new AbortController(); // a long poll whose caller has left must not take a message
  outgoing.once('close', () => left.abort());
  const serve = wires.reduceRight<(call: Call) => Promise<Answer>>(
    (next, wire) => (call) => wire(call, next),
    async (call) => services[call.service](call),
  );
  const answer = await serve({ ...read, body, headers: incoming.headers, hostUrl: `http://${incoming.headers.host}`, signal: left.signal });
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) }).end(answer.body);
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
