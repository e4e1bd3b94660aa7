import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { answerQuery } from './answer.ts';
import type { DnsIndex } from './records.ts';
import { framed, unframed } from './tcp-frame.ts';
import type { DnsProtocol, Upstream } from './upstream.ts';

/**
 * Answers cluster DNS on the node, over UDP and TCP, from the agent's own view; everything else goes to the host's resolvers.
 * Several agents on one host share the address: whoever holds the port answers, and another takes over when it goes.
 */
export interface DnsServer {
  setIndex(index: DnsIndex): void;
  close(): Promise<void>;
}

export interface DnsServerOptions {
  address: string;
  port?: number;
  upstream: Upstream;
  onError(error: unknown): void;
}

const RETRY_BIND_MS = 1000;
const MAX_TCP_CONNECTIONS = 200;
const TCP_IDLE_MS = 10_000;

export function startDnsServer(options: DnsServerOptions): DnsServer {
  let index: DnsIndex | undefined;
  const answer = (query: Buffer, protocol: DnsProtocol) => answerQuery(query, { index, upstream: options.upstream, protocol });
  const stopUdp = keepBound(() => bindUdp(options, answer), options);
  const stopTcp = keepBound(() => bindTcp(options, answer), options);
  return {
    setIndex(next) {
      index = next;
    },
    async close() {
      await Promise.all([stopUdp(), stopTcp()]);
    },
  };
}

type AnswerQuery = (query: Buffer, protocol: DnsProtocol) => Promise<Buffer | undefined>;

async function bindUdp({ address, port = 53, onError }: DnsServerOptions, answer: AnswerQuery): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    answer(query, 'udp').then((response) => response && socket.send(response, from.port, from.address), onError);
  });
  await new Promise<void>((done, fail) => {
    socket.once('error', fail);
    socket.bind({ address, port, exclusive: true }, done);
  });
  socket.on('error', onError);
  return socket;
}

async function bindTcp({ address, port = 53, onError }: DnsServerOptions, answer: AnswerQuery): Promise<Server> {
  const server = createServer((connection) => {
    connection.setTimeout(TCP_IDLE_MS, () => connection.destroy());
    connection.on('error', () => connection.destroy());
    const onQuery = (query: Buffer): void => void answer(query, 'tcp').then((response) => response && connection.write(framed(response)), onError);
    connection.on('data', unframed(onQuery));
  });
  server.maxConnections = MAX_TCP_CONNECTIONS;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen({ host: address, port, exclusive: true }, done);
  });
  server.on('error', onError);
  return server;
}

// Tries until it holds the port: another agent on this host may have it now.
function keepBound(bind: () => Promise<{ close(done?: () => void): unknown }>, options: DnsServerOptions): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let bound: Awaited<ReturnType<typeof bind>> | undefined;
  const attempt = async (): Promise<void> => {
    try {
      bound = await bind();
      if (closed) bound.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') options.onError(error);
      if (!closed) timer = setTimeout(() => void attempt(), RETRY_BIND_MS);
    }
  };
  const first = attempt();
  return async () => {
    closed = true;
    clearTimeout(timer);
    await first;
    await new Promise<void>((done) => (bound ? bound.close(() => done()) : done()));
  };
}
